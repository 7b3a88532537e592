(* Bodies inlined into each other within one file, each on lines of its own. *)
let[@inline always] mix v =
  let v = v lxor (v lsr 7) in
  let v = v * 2654435761 in
  v lxor (v lsl 3)

let[@inline always] step v by =
  let v = mix v in
  v + by

let[@inline never] stock v n =
  let v = ref v in
  for i = 0 to n - 1 do
    v := step !v i
  done;
  !v

let () = exit (stock (Array.length Sys.argv) 1000 land 1)

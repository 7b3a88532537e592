// Bodies inlined into each other within one file, each on lines of its own.
trait Mixer {
    fn mix(self) -> Self;
}

impl Mixer for u32 {
    #[inline(always)]
    fn mix(self) -> Self {
        let v = self ^ self >> 7;
        let v = v.wrapping_mul(2654435761);
        v ^ v << 3
    }
}

#[inline(always)]
fn step(v: u32, by: u32) -> u32 {
    let v = v.mix();
    v.wrapping_add(by)
}

#[inline(never)]
pub fn stock(mut v: u32, n: u32) -> u32 {
    let mut i = 0;
    while i < n {
        v = step(v, i);
        i += 1;
    }
    v
}

fn main() {
    std::process::exit((stock(std::env::args().count() as u32, 1000) & 1) as i32);
}

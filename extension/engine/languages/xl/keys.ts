/**
 * What xl.cfg(5) documents: each key's type, the kinds of guest it is for, its values where they are listed, and a sentence of ours. Kept as a
 * table of text because it is read and extended as one.
 */

export type XlType = 'string' | 'number' | 'boolean' | 'list';
export type XlGuestKind = 'pv' | 'pvh' | 'hvm';

export interface XlKey {
  readonly name: string;
  /** A key may take more than one, such as a list or, for old files, a string. */
  readonly types: readonly XlType[];
  /** Empty: every kind. */
  readonly kinds: readonly XlGuestKind[];
  /** All that xl takes, where it checks. */
  readonly values: readonly string[];
  readonly text: string;
  /** What to write instead. */
  readonly deprecated?: string;
}

const ACTIONS = 'destroy|restart|rename-restart|preserve|coredump-destroy|coredump-restart|soft-reset';

/** name; types; kinds; values; text; deprecated. */
const TABLE = `
name;string;;;The guest's name, unique on its host. The one setting that every guest must have.
type;string;;pv|pvh|hvm;How the guest is run: pv (paravirtualised), pvh (hardware-assisted, no emulated devices), hvm (a whole emulated PC).
builder;string;;generic|hvm;The old way to say what type says.;type
kernel;string;;;Path on dom0 of the kernel to load. For a unikernel, the guest itself; Ringside reads its symbols from here.
ramdisk;string;;;Path on dom0 of the ramdisk to load beside the kernel.
cmdline;string;;;The kernel's command line. Takes the place of root and extra.
root;string;;;Adds root=VALUE to the kernel's command line. Ignored where cmdline is set.
extra;string;;;More words for the kernel's command line. Ignored where cmdline is set.
firmware;string;;;Boots by a firmware: pvgrub32 or pvgrub64 for pv; bios, uefi, seabios, rombios, ovmf or a path for hvm.
memory;number;;;Memory at the start, in MiB.
maxmem;number;;;The most memory the guest may be given, in MiB. With more than memory, the guest must have a balloon driver.
vcpus;number;;;How many vCPUs the guest starts with.
maxvcpus;number;;;How many vCPUs the guest may be given later.
cpus;string|list;;;Processors that the vCPUs may run on (hard affinity): "all", "0-3,^1", "nodes:0", or a list with an entry for each vCPU.
cpus_soft;string|list;;;Processors that the vCPUs had better run on (soft affinity), written as for cpus.
cpu_weight;number;;;Share of processor time against other guests, 1 to 65535; 256 is usual.
cap;number;;;The most processor time, in percent of one processor: 50 is half of one, 400 is four. 0: no cap.
pool;string;;;The CPU pool that the guest is put into.
vnuma;list;;;The virtual NUMA nodes: a list for each, of strings such as "pnode=0", "size=2048", "vcpus=0-1", "vdistances=10,20".
on_poweroff;string;;${ACTIONS};What to do when the guest powers off. destroy is the default.
on_reboot;string;;${ACTIONS};What to do when the guest asks for a reboot. restart is the default.
on_watchdog;string;;${ACTIONS};What to do when Xen's watchdog ends the guest. destroy is the default.
on_crash;string;;${ACTIONS};What to do when the guest crashes. preserve keeps it for a look with xl dump-core or Ringside; destroy is the default.
on_soft_reset;string;;${ACTIONS};What to do when the guest resets softly, as by kexec. soft-reset is the default.
uuid;string;;;The guest's UUID. A new one is made where there is none.
seclabel;string;;;XSM label of the guest.
init_seclabel;string;;;XSM label of the guest while it is being built.
max_grant_frames;number;;;The most grant-table frames the guest may have.
max_maptrack_frames;number;;;The most maptrack frames the guest may have: how many foreign pages it may map.
max_grant_version;number;;;The newest version of grant tables the guest may use.
max_event_channels;number;;;The most event channels the guest may use; 1023 is the default.
nomigrate;boolean;;;Forbids migration, which lets Xen promise the guest a steady TSC.
driver_domain;boolean;;;Says that the guest serves devices to others.
device_tree;string;;;Path of a compiled partial device tree (Arm).
passthrough;string;;disabled|enabled|sync_pt|share_pt|default;Whether IOMMU mappings are made for the guest, and how.
xend_suspend_evtchn_compat;boolean;;;Writes the suspend event channel as xend did, for old drivers.
vmtrace_buf_kb;number;;;Size in KiB of each vCPU's processor trace buffer; 0 is off.
vpmu;boolean;;;Lets the guest have the performance counters (Arm).
disk;list;;;Disks: "format=raw, vdev=xvda, access=rw, target=/path", or in short "file,format,device,access". See xl-disk-configuration(5).
vif;list;;;Network interfaces: "mac=00:16:3e:..., bridge=xenbr0". An entry may be empty: ''. See xl-network-configuration(5).
vtpm;list;;;Virtual TPMs: "backend=DOMAIN, uuid=UUID".
p9;list;;;Folders of the host shared by 9pfs: "tag=NAME, path=/path, security_model=none".
pvcalls;list;;;POSIX calls forwarded to a backend: "backend=DOMAIN".
vfb;list;;;Paravirtual framebuffers: "vnc=1, vnclisten=127.0.0.1".
channel;list;;;Low-bandwidth channels to the host: "connection=pty, name=NAME".
rdm;string;hvm;;What to do about reserved device memory: "strategy=host,policy=relaxed".
rdm_mem_boundary;number;hvm;;Boundary in MiB for conflicts between reserved device memory and RAM; 2048 is the default.
usbctrl;list;;;USB controllers: "version=2, ports=4".
usbdev;list;;;Host USB devices passed through: "hostbus=1, hostaddr=3".
pci;list;;;Host PCI devices passed through: "0000:03:00.0". See xl-pci-configuration(5).
pci_permissive;boolean;;;permissive for all PCI devices that do not say otherwise.
pci_msitranslate;boolean;;;msitranslate for all PCI devices that do not say otherwise.
pci_seize;boolean;;;seize for all PCI devices that do not say otherwise.
pci_power_mgmt;boolean;hvm;;power_mgmt for all PCI devices that do not say otherwise.
gfx_passthru;boolean|string;hvm;;Makes a passed-through graphics card the guest's first one: 0, 1, "default" or "igd".
dtdev;list;;;Device-tree nodes of the host passed through.
ioports;list;;;Legacy I/O ports the guest may use, in hexadecimal: "2f8-2ff".
iomem;list;;;I/O memory pages the guest may use, in hexadecimal: "START,COUNT@GFN".
irqs;list;;;Physical interrupts the guest may use.
vdispl;list;;;Virtual displays: "backend=DOMAIN, connectors=id0:1920x1080".
vsnd;list;;;Virtual sound cards.
vkb;list;;;Virtual keyboards and pointers: "backend-type=qemu".
dm_restrict;boolean;hvm;;Drops the device model's privileges after it has started.
device_model_user;string;hvm;;User that the device model runs as.
tee;string;;none|optee;Trusted execution environment (Arm).
bootloader;string;pv|pvh;;Program on dom0 that finds the kernel inside the guest's disk, such as pygrub.
bootloader_args;list|string;pv|pvh;;Arguments of the bootloader.
e820_host;boolean;pv;;Shows a pv guest the host's memory map, with its holes for PCI devices.
pvshim;boolean;pvh;;Runs a pv guest within a pvh container, out of Meltdown's reach.
pvshim_path;string;pvh;;Path of another shim than Xen's own.
pvshim_cmdline;string;pvh;;Command line of the shim; "pv-shim console=xen,pv" is the default.
pvshim_extra;string;pvh;;More words for the shim's command line.
boot;string;hvm;;Order of boot devices: c disk, d CD-ROM, n network; "cd" is the default.
hdtype;string;hvm;ide|ahci;Emulated disk controller; ide is the default.
hap;boolean;hvm|pvh;;Nested paging by the processor; on is the default where there is any.
oos;boolean;hvm|pvh;;Out-of-sync page tables under shadow paging.
shadow_memory;number;hvm|pvh;;MiB set aside for shadow page tables, or for the tables of nested paging.
bios;string;hvm;rombios|seabios|ovmf;Firmware that the guest sees.
bios_path_override;string;hvm;;Path of another firmware image.
pae;boolean;hvm;;Shows the guest PAE. A 64-bit guest needs it.
acpi;boolean;hvm|pvh;;Shows the guest ACPI tables.
acpi_s3;boolean;hvm;;Offers suspend to RAM by ACPI.
acpi_s4;boolean;hvm;;Offers suspend to disk by ACPI.
acpi_laptop_slate;boolean;hvm;;Offers the laptop/slate switch of Windows.
apic;boolean;hvm|pvh;;Shows APIC tables to a guest of one vCPU.
nx;boolean;hvm|pvh;;Shows the guest the no-execute bit.
hpet;boolean;hvm;;Shows the guest a HPET.
altp2m;string;hvm|pvh;disabled|mixed|external|limited;Who may use alternate views of the guest's memory.
altp2mhvm;boolean;hvm;;The old way to say what altp2m says.;altp2m
nestedhvm;boolean;hvm|pvh;;Lets the guest use hardware virtualisation itself.
cpuid;string|list;;;What the CPUID instruction tells the guest: "host,tm=0,sse3=0", or xend's bit strings.
acpi_firmware;string;hvm;;File of more ACPI tables.
smbios_firmware;string;hvm;;File of more SMBIOS structures.
ms_vm_genid;string;hvm;generate|none;Microsoft's generation id of virtual machines.
tsc_mode;string|number;;default|always_emulate|native|native_paravirt;How the guest reads the time stamp counter. always_emulate costs an exit at each rdtsc.
localtime;boolean;hvm;;Sets the guest's clock to local time.
rtc_timeoffset;number;hvm;;Offset of the guest's clock in seconds.
vpt_align;boolean;hvm;;Aligns periodic timers, for fewer interrupts.
timer_mode;string|number;hvm|pvh;delay_for_missed_ticks|no_delay_for_missed_ticks|no_missed_ticks_pending|one_missed_tick_pending;What becomes of timer ticks that the guest missed.
mmio_hole;number;hvm;;Size in MiB of the hole for devices below 4 GiB, 256 to 3840.
xen_platform_pci;boolean;hvm;;Gives the guest Xen's platform device, by which it finds its paravirtual drivers.
viridian;list|boolean;hvm;;Hyper-V enlightenments for Windows guests: base, freq, time_ref_count, stimer, ... or 1 for the usual ones.
videoram;number;hvm;;Video memory in MiB.
stdvga;boolean;hvm;;The old way to say vga="stdvga".;vga
vga;string;hvm;none|stdvga|cirrus|qxl;Emulated video card; cirrus is the default.
vnc;boolean;;;Shows the display by VNC.
vnclisten;string;;;Address, and optionally display, that VNC listens on.
vncdisplay;number;;;VNC's display number; its port is 5900 more.
vncunused;boolean;;;Takes the next free VNC display.
vncpasswd;string;;;VNC's password.
vncviewer;boolean;;;Opens a viewer when the guest has started.
keymap;string;hvm;;Keyboard map, such as en-us.
sdl;boolean;;;Shows the display in an X window.
opengl;boolean;;;OpenGL for that window.
nographic;boolean;hvm;;No video card at all.
spice;boolean;hvm;;Shows the display by SPICE.
spicehost;string;hvm;;Address that SPICE listens on.
spiceport;number;hvm;;Port that SPICE listens on.
spicetls_port;number;hvm;;TLS port that SPICE listens on.
spicedisable_ticketing;boolean;hvm;;Lets SPICE clients in without a password.
spicepasswd;string;hvm;;SPICE's password.
spiceagent_mouse;boolean;hvm;;Moves the mouse by SPICE's agent.
spicevdagent;boolean;hvm;;Turns on SPICE's agent.
spice_clipboard_sharing;boolean;hvm;;Shares the clipboard; needs spicevdagent.
spiceusbredirection;number;hvm;;How many USB devices a SPICE client may pass on, up to 4.
spice_image_compression;string;hvm;auto_glz|auto_lz|quic|glz|lz|off;How SPICE compresses images.
spice_streaming_video;string;hvm;filter|all|off;Whether SPICE finds and streams videos.
serial;list|string;hvm;;Where the virtual serial ports go: 'pty', 'stdio', 'file:/path'.
soundhw;string;hvm;;Emulated sound card.
vkb_device;boolean;hvm;;Gives the guest a paravirtual keyboard.
usb;boolean;hvm;;Gives the guest an emulated USB bus.
usbversion;number;hvm;;Version of the emulated USB bus: 1, 2 or 3.
usbdevice;list|string;hvm;;Devices on the emulated USB bus, such as 'tablet' or 'host:1234:5678'.
vendor_device;string;hvm;none|xenserver;Which of QEMU's xen-pvdevice variants the guest gets.
device_model_version;string;;qemu-xen|qemu-xen-traditional;Which device model serves the guest.
device_model_override;string;;;Path of another device model.
device_model_stubdomain_override;boolean;;;Runs the device model in a domain of its own.
device_model_stubdomain_seclabel;string;;;XSM label of that domain.
device_model_args;list;;;More arguments for the device model.
device_model_args_pv;list;;;More arguments for a pv guest's device model.
device_model_args_hvm;list;;;More arguments for an hvm guest's device model.
stubdomain_kernel;string;;;Kernel of the device model's own domain.
stubdomain_cmdline;string;;;Command line of that kernel.
stubdomain_ramdisk;string;;;Ramdisk of that kernel.
stubdomain_memory;number;;;Memory of the device model's own domain, in MiB; 128 is the default.
gic_version;string;;v2|v3|default;Interrupt controller that the guest sees (Arm).
vuart;string;;sbsa_uart;Emulated serial port (Arm).
mca_caps;list;hvm;lmce;Machine-check abilities that the guest sees.
msr_relaxed;boolean;;;Answers reads of unknown MSRs with 0 instead of a fault.
`;

function entry(line: string): XlKey {
  const [name = '', types = '', kinds = '', values = '', text = '', deprecated] = line.split(/;(?! )/);
  const words = <T extends string>(cell: string): T[] => (cell === '' ? [] : (cell.split('|') as T[]));
  return {
    name,
    types: words(types),
    kinds: words(kinds),
    values: words(values),
    text,
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** By name. */
export const XL_KEYS: ReadonlyMap<string, XlKey> = new Map(
  TABLE.trim()
    .split('\n')
    .map(entry)
    .map((key) => [key.name, key]),
);

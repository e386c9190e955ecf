#!/bin/busybox sh
# Process 1 of the lab's guest: mounts the host's root directory under an overlay in memory, becomes it, runs one
# command there and reports its exit status. Ports: lab.out carries the command's output, lab.status the status.
# Kernel arguments: lab.command=FILE and lab.home=DIRECTORY are paths on the host, lab.cwd=DIRECTORY where to run.

/bin/busybox mkdir -p /bin && /bin/busybox --install -s /bin
export PATH=/bin

if [ "$1" != inside ]; then
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t devtmpfs devtmpfs /dev
  modprobe -a virtio_pci virtio_console 9pnet_virtio 9p overlay || poweroff -f
  for argument in $(cat /proc/cmdline); do
    case $argument in
      lab.command=*) command=${argument#*=} ;;
      lab.home=*) home=${argument#*=} ;;
      lab.cwd=*) cwd=${argument#*=} ;;
    esac
  done
  mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=1048576,cache=loose host /host || poweroff -f
  mount -t tmpfs -o size=80% tmpfs /rw
  mkdir /rw/upper /rw/work
  mount -t overlay -o lowerdir=/host,upperdir=/rw/upper,workdir=/rw/work overlay /new || poweroff -f
  mkdir -p /new/lib/modules /new/proc /new/sys /new/dev /new/run /new/.lab/bin
  mount --bind "/host$home/lib/modules" /new/lib/modules
  mount -t proc proc /new/proc
  mount -t sysfs sysfs /new/sys
  mount --move /dev /new/dev
  mkdir -p /new/dev/pts /new/dev/shm
  mount -t devpts devpts /new/dev/pts
  mount -t tmpfs tmpfs /new/dev/shm
  mount -t tmpfs tmpfs /new/run
  cp /bin/busybox /init /new/.lab/bin/
  cp "/host$command" /new/.lab/command
  # Kernel threads share this process's root: from here on request_module() finds the guest's modprobe.
  exec chroot /new /.lab/bin/busybox sh /.lab/bin/init inside "$cwd"
fi

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
rm -f /sbin/modprobe /run/lab.pipe
ln -s /.lab/bin/busybox /sbin/modprobe
mkdir -p /run/netns /run/lock
ln -s /proc/self/fd /dev/fd
hostname lab
ip link set lo up

# Ports have names under /sys; a port takes one opener, so one cat owns it for good.
port() {
  for entry in /sys/class/virtio-ports/*; do
    [ "$(cat "$entry/name")" = "$1" ] && echo "/dev/${entry##*/}"
  done
}
mkfifo /run/lab.pipe
cat /run/lab.pipe >"$(port lab.out)" &
pump=$!

cd "$2" || cd /
setsid /bin/sh /.lab/command </dev/null >/run/lab.pipe 2>&1 &
wait $!
status=$?

# What the command left running holds the pipe open: end all but the pump, so that it drains and ends.
for entry in /proc/[0-9]*; do
  pid=${entry##*/}
  [ "$pid" -eq 1 ] || [ "$pid" -eq "$pump" ] || kill -KILL "$pid" 2>/dev/null
done
wait "$pump"
echo "$status" >"$(port lab.status)"
/.lab/bin/busybox poweroff -f

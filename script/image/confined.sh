#!/bin/sh
# Runs a program in the image's files as compose.yaml has a container do it: a root that nobody can write to, a /tmp of its own,
# the image's user without any right, no new privileges. The network is the machine's.
#
# Called in a mount namespace of its own: unshare --mount --propagation private confined.sh ROOT USER FOLDER [TARGET=SOURCE...] -- PROGRAM...
set -eu
root=$1 user=$2 folder=$3
shift 3
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
    mount --bind "${1#*=}" "$root/${1%%=*}"
    shift
done
shift
mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
for device in null zero random urandom; do
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
mount -o remount,bind,ro "$root"
exec chroot "$root" /usr/bin/setpriv --reuid "${user%%:*}" --regid "${user##*:}" --clear-groups --no-new-privs \
    --bounding-set=-all /usr/bin/env --chdir "$folder" "$@"

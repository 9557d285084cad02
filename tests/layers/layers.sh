#!/bin/sh
# Who may include whom: one line a room. Breaking a wall fails the build's tests.
cd "$PEIL_SOURCE/src" || exit 1
all="base table register linkage tabulate follow estimate protect publish monitor synth serve cli"
allowed() {
    case $1 in
    base) echo base ;;
    table) echo base table ;;
    register | linkage | tabulate | follow | estimate | protect | synth) echo base table "$1" ;;
    publish) echo base table protect publish ;;
    monitor) echo base table register linkage tabulate follow estimate protect publish monitor ;;
    serve) echo base table register linkage tabulate follow estimate protect publish monitor serve ;;
    cli) echo $all ;;
    esac
}
n=0
failed=0
for room in $all; do
    n=$((n + 1))
    bad=$(grep -nE '^ *# *include *"' "$room"/*.c "$room"/*.h 2>/dev/null | while IFS= read -r line; do
        target=$(echo "$line" | sed 's/.*include *"\([^"]*\)".*/\1/; s,/.*,,')
        case " $(allowed "$room") " in *" $target "*) ;; *) echo "# $line" ;; esac
    done)
    if [ -z "$bad" ]; then echo "ok $n - $room includes only what it may"; else echo "not ok $n - $room breaks a wall"; echo "$bad"; failed=1; fi
done
n=$((n + 1))
stray=$(ls -d */ | tr -d / | while read -r room; do case " $all " in *" $room "*) ;; *) echo "$room" ;; esac; done)
if [ -z "$stray" ]; then echo "ok $n - every folder is a room"; else echo "not ok $n - no such room: $stray"; failed=1; fi
n=$((n + 1))
makers=$(grep -l 'protect/released_make.h' */*.[ch] 2>/dev/null | grep -v '^protect/')
if [ -z "$makers" ]; then echo "ok $n - protect alone makes released figures"; else echo "not ok $n - makes released figures: $makers"; failed=1; fi
echo "1..$n"
exit $failed

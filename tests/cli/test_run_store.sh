#!/bin/sh
# A monitor on the register's own store gives what it gives from the deliveries alone.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
monitor="$PEIL_SOURCE/monitors/nl-2016-2020"
export HOME="$tmp/home"
unset XDG_CONFIG_HOME
mkdir "$HOME"
d="$tmp/deliveries"
s="$tmp/register.db"
check "synthetic deliveries" "$peil" synth "$monitor" --seed 3 --population 200000 --noise 0.1 --out "$d"
for name in police.sav other_reporters.csv fairwork.csv labour_inspectorate.csv care_coordinators.csv kmar.csv; do
    check "$name comes in" "$peil" intake "$PEIL_SOURCE/sources/${name%.*}.yaml" "$d/$name" --store "$s" --rejections "$tmp/rejected.csv"
done
check "its persons are made" "$peil" persons "$PEIL_SOURCE/sources/notifications.yaml" --store "$s"
check "a monitor runs on the store" "$peil" run "$monitor" --deliveries "$d" --store "$s" --out "$tmp/one"
check "and without" "$peil" run "$monitor" --deliveries "$d" --out "$tmp/two"
check "with the same publication" diff -r "$tmp/one" "$tmp/two"
"$peil" run "$monitor" --deliveries "$d" --key "$HOME/.config/peil/register.key" --out "$tmp/three" >"$tmp/said" 2>&1
check_code "a key without a store is wrong use" 64 $?
# fields so full of errors that nobody can say how many pairs were missed: the publication says so itself, in the reader's words
check "deliveries full of errors" "$peil" synth "$monitor" --seed 1 --population 200000 --noise 0.5 --out "$tmp/bad"
check "are published" "$peil" run "$monitor" --deliveries "$tmp/bad" --out "$tmp/doubt"
alarm=$(sed -n 's/.*"alarm": "\(.*\)",*$/\1/p' "$tmp/doubt/provenance.json")
check "with the alarm" test -n "$alarm"
warning() { tr '>' '\n' <"$1" | grep -A9 "^$2<" | sed -n '4s/<.*//p'; } # what the page says behind the word
check "as a warning" test "$(warning "$tmp/doubt/en/about.html" Warning)" = "$alarm"
check "in Dutch too" test -n "$(warning "$tmp/doubt/about.html" Waarschuwing | grep -v -F "$alarm")"
check "and none without cause" sh -c "! grep -q '>Waarschuwing<' '$tmp/two/about.html'"
finish

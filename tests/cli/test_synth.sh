#!/bin/sh
# peil synth: what it writes, that it is the same each time, and what it says when it cannot.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
monitor="$PEIL_SOURCE/monitors/nl-2016-2020"

"$peil" synth "$monitor" --seed 1 --out "$tmp/a" 2>"$tmp/said"; check_code "deliveries are drawn" 0 $?
check "it says that nobody is real" grep -q 'made up' "$tmp/said"
check "a delivery per reporter and the truth" test "$(ls "$tmp/a" | tr '\n' ' ')" = "care_coordinators.csv fairwork.csv kmar.csv labour_inspectorate.csv other_reporters.csv police.sav truth.csv "
"$peil" synth "$monitor" --seed 1 --out "$tmp/b" 2>/dev/null
check "the same seed gives the same bytes" diff -r "$tmp/a" "$tmp/b"
"$peil" synth "$monitor" --seed 2 --out "$tmp/c" 2>/dev/null
diff -rq "$tmp/a" "$tmp/c" >/dev/null; check_code "another seed gives others" 1 $?
"$peil" synth "$monitor" --seed 1 --noise 0.1 --scale 2 --out "$tmp/d" 2>/dev/null; check_code "with noise, twice as many" 0 $?
check "synthetic citizen numbers start with 9999" sh -c "! cut -d';' -f12 '$tmp/a/care_coordinators.csv' | grep -E '^[0-9]{9}$' | grep -qv '^9999'"
"$peil" synth "$monitor" 2>/dev/null; check_code "no folder is wrong use" 64 $?
"$peil" synth "$monitor" --noise 2 --out "$tmp/e" 2>/dev/null; check_code "noise above 1 is wrong use" 64 $?
"$peil" synth "$tmp/nowhere" --sources "$PEIL_SOURCE/sources" --out "$tmp/e" 2>"$tmp/said"; check_code "no monitor" 66 $?
mkdir "$tmp/m"; echo "figure,row,column,value" >"$tmp/m/margins.csv"; echo "id,value" >"$tmp/m/facts.csv"
"$peil" synth "$tmp/m" --sources "$PEIL_SOURCE/sources" --out "$tmp/e" 2>"$tmp/said"; check_code "margins that miss" 78 $?
check "it says which" grep -q 'figure 2.1, row all, column 2016' "$tmp/said"
finish

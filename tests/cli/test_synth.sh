#!/bin/sh
# peil synth: what it writes, that it is the same each time, and what it says when it cannot.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
monitor="$PEIL_SOURCE/monitors/nl-2016-2020"

"$peil" synth "$monitor" --seed 1 --population 100000 --out "$tmp/a" 2>"$tmp/said"; check_code "deliveries are drawn" 0 $?
check "it says that nobody is real" grep -q 'made up' "$tmp/said"
check "a delivery per reporter and the truth" test "$(ls "$tmp/a" | tr '\n' ' ')" = "care_coordinators.csv fairwork.csv kmar.csv labour_inspectorate.csv other_reporters.csv police.sav registers truth.csv "
"$peil" synth "$monitor" --seed 1 --population 100000 --out "$tmp/b" 2>/dev/null
check "the same seed gives the same bytes" diff -r "$tmp/a" "$tmp/b"
check "registers are replaced" env OMP_NUM_THREADS=1 "$peil" synth "$monitor" --seed 1 --population 100000 --out "$tmp/b"
check "by the same, with one thread" diff -r "$tmp/a" "$tmp/b"
touch "$tmp/b/registers/mine"
"$peil" synth "$monitor" --seed 1 --population 100000 --out "$tmp/b" 2>"$tmp/said"; check_code "not over files of others" 75 $?
check "it says whose folder" grep -q 'registers: holds other files too' "$tmp/said"
"$peil" synth "$monitor" --population 99999 --out "$tmp/e" 2>"$tmp/said"; check_code "a village has no statistics" 65 $?
"$peil" synth "$monitor" --seed 2 --population 100000 --out "$tmp/c" 2>/dev/null
diff -rq "$tmp/a" "$tmp/c" >/dev/null; check_code "another seed gives others" 1 $?
"$peil" synth "$monitor" --seed 1 --noise 0.1 --scale 2 --population 0 --out "$tmp/d" 2>/dev/null; check_code "with noise, twice as many" 0 $?
check "synthetic citizen numbers start with 9999" sh -c "! cut -d';' -f12 '$tmp/a/care_coordinators.csv' | grep -E '^[0-9]{9}$' | grep -qv '^9999'"
"$peil" synth "$monitor" 2>/dev/null; check_code "no folder is wrong use" 64 $?
"$peil" synth "$monitor" --noise 2 --out "$tmp/e" 2>/dev/null; check_code "noise above 1 is wrong use" 64 $?
"$peil" synth "$tmp/nowhere" --sources "$PEIL_SOURCE/sources" --out "$tmp/e" 2>"$tmp/said"; check_code "no monitor" 66 $?
mkdir "$tmp/m"; echo "figure,row,column,value" >"$tmp/m/margins.csv"; echo "id,value" >"$tmp/m/facts.csv"
"$peil" synth "$tmp/m" --sources "$PEIL_SOURCE/sources" --out "$tmp/e" 2>"$tmp/said"; check_code "margins that miss" 78 $?
check "it says which" grep -q 'figure 2.1, row all, column 2016' "$tmp/said"
for name in $(sed -n '1,/^code_lists/s/^ *- {\{0,1\}name: \([a-z_]*\).*/\1/p' "$PEIL_SOURCE/sources/registers.yaml"); do
    grep -q "[\`|] *$name *[\`|]" "$PEIL_SOURCE/docs/data/registers.md" || echo "$name"
done >"$tmp/missing"
check "every table and column stands in the codebook" test ! -s "$tmp/missing"
sed '/^revict_5y_sd/d' "$monitor/facts.csv" >"$tmp/m/facts.csv"; cp "$monitor/margins.csv" "$tmp/m"
"$peil" synth "$tmp/m" --sources "$PEIL_SOURCE/sources" --population 100000 --out "$tmp/f" 2>"$tmp/said"; check_code "a fact that is not there" 78 $?
check "it says which fact" grep -q 'revict_5y_sd' "$tmp/said"
sed 's/^\(revict_5y_sd.*\),507.73,/\1,5000,/' "$monitor/facts.csv" >"$tmp/m/facts.csv"
"$peil" synth "$tmp/m" --sources "$PEIL_SOURCE/sources" --population 100000 --out "$tmp/f" 2>"$tmp/said"; check_code "facts that cannot be" 80 $?
check "it says what cannot be" grep -q 'no times give the printed median' "$tmp/said"
finish

#!/bin/sh
# The published numbers, through the monitor: for synthetic deliveries of five seeds every count of figures 2.1, 2.2, 2.3, 2.9 and
# 2.10, and the shares and means of the text.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
monitor="$PEIL_SOURCE/monitors/nl-2016-2020"

cut -d, -f1-4 "$monitor/margins.csv" | grep -v '^figure' | LC_ALL=C sort >"$tmp/want"
for seed in 1 2 3 4 5; do
    check "deliveries of seed $seed" "$peil" synth "$monitor" --seed $seed --population 0 --out "$tmp/$seed"
    "$peil" tabulate "$monitor" --deliveries "$tmp/$seed" --figure \
        2.1,2.2,2.3,2.4a,2.4b,2.4c,2.5,2.6,2.7,2.8,2.8-mean,2.9,2.10 2>"$tmp/errors" | LC_ALL=C sort >"$tmp/got"
    LC_ALL=C comm -23 "$tmp/want" "$tmp/got" >"$tmp/missed"
    check "seed $seed gives every published count" test ! -s "$tmp/missed"
    head -5 "$tmp/missed" | sed 's/^/# want /'
    LC_ALL=C awk -F, -f "$PEIL_SOURCE/tests/cli/synth_facts.awk" "$monitor/facts.csv" "$tmp/got" >"$tmp/missed" 2>&1
    check "seed $seed gives the facts of the text" test ! -s "$tmp/missed"
    head -5 "$tmp/missed" | sed 's/^/# /'
done
check "269 published counts were looked for" test "$(wc -l <"$tmp/want")" -eq 269
finish

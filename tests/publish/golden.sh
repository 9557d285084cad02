#!/bin/sh
# The bytes of some files of the demo report: golden.sh DEMO-PROGRAM. To accept new ones after looking at them:
#   PEIL_UPDATE_GOLDEN=1 meson test -C build publish/golden
. "$PEIL_SOURCE/tests/cli/tap.sh"
golden="$PEIL_SOURCE/tests/publish/golden"
check "the report is written" "$1" "$tmp/one"
check "and again" "$1" "$tmp/two"
check "the same bytes both times" diff -r "$tmp/one" "$tmp/two"
files="index.html en/slachtoffers.html charts/1.2-nl.svg charts/1.2-3-en.svg charts/1.3-nl.svg charts/1.6-nl.svg data/1.2.csv
 data/1.5.csv-metadata.json data/codes.csv"
for file in $files; do
    if [ -n "${PEIL_UPDATE_GOLDEN:-}" ]; then mkdir -p "$golden/$(dirname "$file")" && cp "$tmp/one/$file" "$golden/$file"; fi
    check "bytes of $file" diff -u "$golden/$file" "$tmp/one/$file"
done
check "no script, no style attribute, no event handler" sh -c "! grep -rnE '<script|<iframe| style=| on[a-z]+=|javascript:' '$tmp/one'"
check "no address outside the folder but those of standards" sh -c \
    "! grep -rhoE 'https?://[^\"< ]+' '$tmp/one' | grep -vE '^http://www.w3.org/(2000/svg|ns/csvw)\$'"
check "every SVG is XML" python3 -c 'import sys, xml.dom.minidom as m; [m.parse(f) for f in sys.argv[1:]]' "$tmp"/one/charts/*.svg
check "every description is JSON" python3 -c 'import sys, json; [json.load(open(f)) for f in sys.argv[1:]]' "$tmp"/one/data/*.json
finish

#!/bin/sh
# Every WORD("...") in the sources has its text in every language: complete.sh STAMP SOURCE-ROOT LANGUAGE.po...
# Says which are missing and fails the build.
set -eu
stamp=$1 root=$2
shift 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
(cd "$root" && find src -name '*.[ch]' | LC_ALL=C sort | xgettext --language=C --from-code=UTF-8 --keyword --keyword=WORD \
    --add-location=file --files-from=- --output="$tmp/words.pot") 2>"$tmp/log" || { cat "$tmp/log" >&2; exit 1; }
for po in "$@"; do
    LC_ALL=C msgcmp --no-fuzzy-matching "$po" "$tmp/words.pot" 2>"$tmp/log" || {
        sed -n "s,^$tmp/words.pot:\([0-9]*\):.*,\1,p" "$tmp/log" | while read -r at; do
            sed -n "$((at - 1)),$((at + 4))p" "$tmp/words.pot" | sed '/^msgstr/,$d; /^$/d' >&2
        done
        echo "words: $po lacks the texts above: add msgid and msgstr for each (here and in the other languages)" >&2
        exit 1
    }
done
# touch only what is new, so that nothing is built again
[ -f "$stamp" ] || echo complete >"$stamp"

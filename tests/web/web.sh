#!/bin/sh
# Pages in a real browser: web.sh DEMO-PROGRAM. Skips, and says so, without node, npm, chromium or the npm registry.
. "$PEIL_SOURCE/tests/cli/tap.sh"
web="$PEIL_SOURCE/tests/web"
modules="$PEIL_BUILD/tests/web/modules"

skip_all() { echo "1..0 # SKIP $1"; exit 0; }
for program in node npm chromium; do command -v $program >/dev/null || skip_all "$program is not installed"; done
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip_all "node is older than 18"
if ! cmp -s "$web/package-lock.json" "$modules/package-lock.json" || [ ! -d "$modules/node_modules/axe-core" ]; then
    rm -rf "$modules" && mkdir -p "$modules" && cp "$web/package.json" "$web/package-lock.json" "$modules" &&
        (cd "$modules" && npm ci --omit=peer --legacy-peer-deps --ignore-scripts --no-audit --no-fund) >"$tmp/npm.log" 2>&1 || {
        rm -rf "$modules"
        sed 's/^/# /' "$tmp/npm.log"
        skip_all "the npm packages cannot be had"
    }
fi

# A page as it must not be: the checks below have to see it.
mkdir -p "$tmp/bad/en"
cat >"$tmp/bad/index.html" <<'PAGE'
<!DOCTYPE html><html><head><title></title></head><body style="color:#ccc;background:#fff"><p>pale</p>
<div style="width:2000px">wide</div><img src="https://example.invalid/x.png"><a href="gone.html">gone</a><script>1</script></body></html>
PAGE
cp "$tmp/bad/index.html" "$tmp/bad/en"
node "$web/pages.mjs" "$modules" "$(command -v chromium)" "$tmp/bad" >"$tmp/bad.out" 2>&1
check_code "a bad page is refused" 1 $?
for fault in 'color-contrast' 'html-has-lang' 'image-alt' 'document-title' 'holds a script' 'scrolls sideways' 'asks the network' 'leads nowhere'; do
    check "its fault is named: $fault" grep -q "$fault" "$tmp/bad.out"
done

check_code "at both widths, and in the second language" 4 "$(grep -c '^not ok' "$tmp/bad.out")"
check "in the dark too" grep -q '^# dark: color-contrast' "$tmp/bad.out"

# The verdict on each page of a folder, numbered on.
pages() { # what, folder
    node "$web/pages.mjs" "$modules" "$(command -v chromium)" "$2" >"$tmp/pages.out" 2>"$tmp/pages.err"
    grep -qE '^(not )?ok ' "$tmp/pages.out" || { verdict "$1: the browser runs" 1; sed 's/^/# /' "$tmp/pages.err"; }
    while IFS= read -r line; do
        case $line in
        ok*) verdict "$1: ${line#* - }" 0 ;;
        not*) verdict "$1: ${line#* - }" 1 ;;
        '#'*) echo "$line" ;;
        esac
    done <"$tmp/pages.out"
}
check "the demo report is written" "$1" "$tmp/demo"
pages demo "$tmp/demo"

# The monitors, from deliveries to pages.
peil="$PEIL_BUILD/peil"
check "deliveries are drawn" "$peil" synth "$PEIL_SOURCE/monitors/nl-2016-2020" --seed 1 --population 200000 --out "$tmp/deliveries"
for monitor in nl-2016-2020 nl-published-2016-2020; do
    check "$monitor is made" "$peil" run "$PEIL_SOURCE/monitors/$monitor" --deliveries "$tmp/deliveries" --out "$tmp/$monitor"
    pages "$monitor" "$tmp/$monitor"
done
finish

#!/bin/sh
# Cuts the portal's title font down to the letters of French. Needs fonttools[woff] (pyftsubset) on the PATH;
# run by hand when @fontsource/bricolage-grotesque changes, the result is committed.
set -eu
cd "$(dirname "$0")/.."
pyftsubset node_modules/@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2 \
  --unicodes="U+20-7E,U+A0,U+AB,U+BB,U+B0,U+B7,U+C0-C2,U+C4,U+C6-CB,U+CE,U+CF,U+D4,U+D6,U+D9,U+DB,U+DC,U+E0-E2,U+E4,U+E6-EB,U+EE,U+EF,U+F4,U+F6,U+F9,U+FB,U+FC,U+FF,U+152,U+153,U+178,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2026,U+20AC" \
  --layout-features=kern,liga,tnum --flavor=woff2 \
  --output-file=src/shared/theme/fonts/bricolage-grotesque-700-francais.woff2

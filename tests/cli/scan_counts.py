"""No unprotected count in a publication: scan_counts.py EXACT.csv FOLDER.

EXACT.csv holds the exact counts as `peil tabulate` prints them, several figures after each other. Every count that is no
multiple of five must have been changed; every number in a table of counts, in either language, must be a multiple of five."""
import csv
import html.parser
import json
import os
import re
import sys

exact, folder = sys.argv[1:]
bad = []


with open(os.path.join(folder, 'provenance.json'), encoding='utf-8') as f:
    provenance = json.load(f)
measure = {f['figure']: f['measure'] for f in provenance['figures']}
others = {'figure-%s-table' % figure.replace('.', '-') for figure, of in measure.items() if of != 'count'}


def is_count(figure):
    return measure[figure] == 'count'


released = {}
with open(os.path.join(folder, 'data', 'figures.csv'), newline='') as f:
    for row in csv.DictReader(f):
        released[row['figure'], row['row'], row['column']] = row['value']
seen = changed = 0
with open(exact, newline='') as f:
    for row in csv.DictReader(f):
        if row['figure'] == 'figure' or not is_count(row['figure']):
            continue
        key = row['figure'], row['row'], row['column']
        if key not in released:
            bad.append('%s %s %s is not in figures.csv' % key)
            continue
        seen += 1
        if int(row['value']) % 5:
            changed += 1
            if released[key] == row['value']:
                bad.append('%s %s %s is exact in figures.csv' % key)
if changed < 100:
    bad.append('only %d counts that rounding must change: the scan proves nothing' % changed)
for key, value in released.items():
    if is_count(key[0]) and value and int(value) % 5:
        bad.append('%s %s %s is no multiple of five' % key)


class Cells(html.parser.HTMLParser):
    """Numbers in table cells, with the id of the caption they stand under, and texts drawn in charts."""

    def __init__(self):
        super().__init__()
        self.figure, self.cell, self.found = '', False, []

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == 'caption':
            self.figure = a.get('id', '')
        if tag == 'td':
            self.cell = True

    def handle_endtag(self, tag):
        if tag == 'td':
            self.cell = False

    def handle_data(self, data):
        if self.cell and self.figure.startswith('figure-') and self.figure.rsplit('-', 1)[0] not in others:
            self.found += [(self.figure, n) for n in re.findall(r'\d[\d.,]*', data)]


pages = numbers = 0
for root, _, names in os.walk(folder):
    for name in names:
        if not name.endswith('.html'):
            continue
        pages += 1
        parser = Cells()
        with open(os.path.join(root, name), encoding='utf-8') as f:
            parser.feed(f.read())
        for figure, number in parser.found:
            numbers += 1
            if int(re.sub(r'[.,]', '', number)) % 5:
                bad.append('%s: %s in the table of %s' % (name, number, figure))
if pages < 8 or numbers < 500:
    bad.append('only %d pages and %d numbers read: the scan proves nothing' % (pages, numbers))


def counts(value):
    if isinstance(value, dict):
        for k, v in value.items():
            if k in ('kept', 'counted_only', 'rejected', 'rows', 'victims_per_year') and isinstance(v, int):
                yield k, v
            if k in ('rows', 'counts') and isinstance(v, dict):
                yield from v.items()
            yield from counts(v)
    if isinstance(value, list):
        for v in value:
            yield from counts(v)


for key, value in counts(provenance):
    if value is not None and value % 5:
        bad.append('provenance.json: %s is no multiple of five' % key)
print('\n'.join(bad[:40]))
print('%d counts compared, %d that had to change, %d numbers on %d pages' % (seen, changed, numbers, pages))
sys.exit(1 if bad else 0)

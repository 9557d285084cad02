"""Made-up published tables for peil check: check_tables.py SEED NUMBER OUT.csv [planted KINDS.csv]

Persons are drawn, counted, and published as a statistics office would: counts to a multiple of five (each by itself), percentages of exact counts
without decimals or with one, a chi-square to three decimals with df and p. With `planted` one printed value of each table is wrong, and KINDS.csv
says which and how."""
import csv, math, random, sys

seed, number, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
planted = sys.argv[4] if len(sys.argv) > 4 else None
draw = random.Random(seed)


def five(n):
    return 5 * ((n + 2) // 5)


def half_up(x, decimals):
    return f"{math.floor(x * 10 ** decimals + 0.5) / 10 ** decimals:.{decimals}f}"


def chisq(groups):
    columns = [sum(g[k] for g in groups) for k in range(2)]
    n = sum(columns)
    return sum((g[k] - sum(g) * columns[k] / n) ** 2 / (sum(g) * columns[k] / n) for g in groups for k in range(2))


def tail(x, df):
    """P(X >= x) of a chi-square with df 1 to 3."""
    if df == 2:
        return math.exp(-x / 2)
    one = math.erfc(math.sqrt(x / 2))
    return one if df == 1 else one + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)


def years_table(name):
    """Kinds by years with totals of rows, columns and all; exact or to fives."""
    kinds, years = draw.randint(2, 6), draw.randint(2, 6)
    least = draw.choice([0, 0, 40])
    cell = [[draw.choice([least, least + 1, least + 3, draw.randint(least + 4, 60), draw.randint(60, 900)]) for _ in range(years)] for _ in range(kinds)]
    show = five if draw.random() < 0.6 else int
    lines = []
    for k in range(kinds):
        for y in range(years):
            lines.append([name, f"kind{k}", str(2016 + y), show(cell[k][y]), "count"])
        lines.append([name, f"kind{k}", "total", show(sum(cell[k])), "count"])
    for y in range(years):
        lines.append([name, "total", str(2016 + y), show(sum(cell[k][y] for k in range(kinds))), "count"])
    lines.append([name, "total", "total", show(sum(map(sum, cell))), "count"])
    if all(sum(c) > 20 for c in zip(*cell)) and draw.random() < 0.5:  # shares of the columns
        for k in range(kinds):
            for y in range(years):
                lines.append([name, f"kind{k}", str(2016 + y), half_up(100 * cell[k][y] / sum(c[y] for c in cell), 0), "percent"])
        if draw.random() < 0.5:
            at = len(lines) - 1 - draw.randrange(kinds * years)
            return lines, "share", at, 31 if float(lines[at][3]) < 60 else -31
    if min(map(min, cell)) > 3 and kinds > 2 and years > 2:  # a test of the whole table
        rows, columns, n = [sum(c) for c in cell], [sum(c) for c in zip(*cell)], sum(map(sum, cell))
        x = sum((cell[k][y] - rows[k] * columns[y] / n) ** 2 / (rows[k] * columns[y] / n) for k in range(kinds) for y in range(years))
        lines.append([name, "test", "chi2", half_up(x, 2), "chi2"])
        lines.append([name, "test", "df", (kinds - 1) * (years - 1), "df"])
        if draw.random() < 0.5:
            return lines, "table chi2", len(lines) - 2, 2.5 * x + 60
    slack = 3 * (max(kinds, years) + 1) if show is five else 0
    wrong = [i for i, line in enumerate(lines) if "total" in line[1:3] and line[4] == "count"]
    return lines, "sum", draw.choice(wrong), 10 * math.ceil((slack + draw.randint(1, 200)) / 5) if show is five else slack + draw.randint(1, 200)


def groups_table(name):
    """Groups by an outcome: with, without, N, percentages, and the test."""
    n = draw.randint(2, 4)
    groups = []
    while len(groups) < n:
        size, share = draw.randint(60, 3000), 0.08 + 0.84 * draw.random()
        hits = sum(draw.random() < share for _ in range(size))
        groups.append((hits, size - hits))
    lines, decimals = [], draw.randint(0, 1)
    for k, g in enumerate(groups):
        lines.append([name, f"group{k}", "with", five(g[0]), "count"])
        lines.append([name, f"group{k}", "without", five(g[1]), "count"])
        lines.append([name, f"group{k}", "N", five(sum(g)), "count"])
        lines.append([name, f"group{k}", "with", half_up(100 * g[0] / sum(g), decimals), "percent"])
    x, df = chisq(groups), n - 1
    p = tail(x, df)
    lines.append([name, "test", "N", five(sum(map(sum, groups))), "count"])
    lines.append([name, "test", "chi2", half_up(x, 3), "chi2"])
    lines.append([name, "test", "df", df, "df"])
    lines.append([name, "test", "p", "0.001", "p below"] if p < 0.001 else [name, "test", "p", half_up(p, 3), "p"])
    kind = draw.choice(["percentage", "N", "chi2", "df", "p"])
    if kind == "percentage":
        at, by = 4 * draw.randrange(n) + 3, draw.choice([-1, 1]) * draw.randint(8, 15)
        if not 0 < float(lines[at][3]) + by < 100:
            by = -by
    elif kind == "N":
        at, by = 4 * draw.randrange(n) + 2, draw.choice([50, 100, 200])
    elif kind == "chi2":
        at, by = 4 * n + 1, 2.5 * x + 60
    elif kind == "df":
        at, by = 4 * n + 2, draw.randint(1, 3)
    else:
        at = 4 * n + 3
        by = 0.5 if p < 0.3 and lines[at][4] == "p" else -p + 0.01 if lines[at][4] == "p" else 0
        if by == 0 or abs(by) < 0.05:
            kind, at, by = "df", 4 * n + 2, 2
    return lines, kind, at, by


rows, kinds = [], []
for i in range(number):
    lines, kind, at, by = (years_table if i % 3 == 0 else groups_table)(f"table {i}")
    if planted:
        value = str(lines[at][3])
        decimals = len(value.split(".")[1]) if "." in value else 0
        lines[at][3] = f"{float(value) + by:.{decimals}f}"
        kinds.append([lines[at][0], kind, lines[at][1], lines[at][2], value, lines[at][3]])
    rows += lines
with open(out, "w", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows([["figure", "row", "column", "value", "unit"]] + rows)
if planted:
    with open(planted, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([["figure", "kind", "row", "column", "true", "printed"]] + kinds)

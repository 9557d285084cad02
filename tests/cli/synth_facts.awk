# Facts of facts.csv from the exact figures the monitor prints: awk -F, -f synth_facts.awk facts.csv figures.csv
# One line for each that does not come out as printed; nothing when all do.
FNR == 1 && NR != 1 { file = 2 }
NR == FNR { fact[$1] = $(NF - 1); next }
$1 != "figure" { cell[$1, $2, $3] = $4; if ($2 != "total") sum[$1, $3] += $4 }
function expect(id, got) { seen++; if (int(got + 0.5) != fact[id]) print id ": got " got ", want " fact[id] }
function share(id, part, whole) { if (whole == 0) print id ": figure is missing"; else expect(id, 100 * part / whole) }
function young(id, column,   all, known, n) {
    n = cell["2.8", "under_18", column] + cell["2.8", "18_22", column]
    all = cell["2.8", "total", column]; known = all - cell["2.8", "unknown", column]
    share(id, n, all); share(id, n, known)
}
function consent(id, column) {
    share(id, cell["2.9", "care_coordinators", column] + cell["2.9", "fairwork", column] + cell["2.9", "other_reporters", column], cell["2.9", "total", column])
}
END {
    share("men_2016_2020", cell["2.6", "male", "2016-2020"], cell["2.6", "total", "2016-2020"])
    share("women_2019", cell["2.6", "female", "2019"], cell["2.6", "total", "2019"])
    share("women_2020", cell["2.6", "female", "2020"], cell["2.6", "total", "2020"])
    share("origin_africa", cell["2.7", "africa", "2016-2020"], cell["2.7", "total", "2016-2020"])
    share("origin_asia", cell["2.7", "asia", "2016-2020"], cell["2.7", "total", "2016-2020"])
    young("under_23_2016_2020", "2016-2020"); young("under_23_2016", "2016"); young("under_23_2019", "2019")
    young("under_23_2020", "2020"); young("under_23_labour", "labour")
    expect("minors_2020", cell["2.8", "under_18", "2020"])
    expect("mean_age_2019", cell["2.8-mean", "mean_age", "2019"]); expect("mean_age_2020", cell["2.8-mean", "mean_age", "2020"])
    expect("mean_age_labour", cell["2.8-mean", "mean_age", "labour"])
    share("criminal_drugs_2020", cell["2.5", "drugs", "2020"], sum["2.5", "2020"])
    consent("share_no_legal_basis", "2016-2020"); consent("share_no_legal_basis_domestic_sexual", "domestic_sexual")
    consent("share_no_legal_basis_cross_border_sexual", "cross_border_sexual"); consent("share_no_legal_basis_labour", "labour")
    consent("share_no_legal_basis_criminal", "criminal")
    share("sector_labour_known", sum["2.4a", "2016-2020"] - cell["2.4a", "unknown", "2016-2020"], sum["2.4a", "2016-2020"])
    share("sector_labour_known_2020", sum["2.4c", "2020"] - cell["2.4c", "unknown", "2020"], sum["2.4c", "2020"])
    for (m = 1; m <= 12; m++)
        for (peak = 3; peak <= 5 && (m < 3 || m > 5); peak++)
            if (cell["2.4b", "labour", sprintf("%02d", m)] >= cell["2.4b", "labour", sprintf("%02d", peak)]) print "month " m " is no lower than month " peak
    if (seen != 27) print seen " facts seen, want 27"
}

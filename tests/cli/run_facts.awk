# Facts of facts.csv about followed persons from the exact figures the monitor prints: awk -F, -f run_facts.awk facts.csv figures.csv
# One line for each that does not come out as printed; nothing when all do.
FNR == 1 && NR != 1 { file = 2 }
NR == FNR { fact[$1] = $(NF - 1); next }
$1 != "figure" { cell[$1, $2, $3] = $4 }
function near(id, got, off) { seen++; if (got < fact[id] - off || got > fact[id] + off) print id ": got " got ", want " fact[id] }
function count(id, got) { near(id, got, 2) }        # printed to a multiple of five
function exact(id, got) { near(id, got, 0) }
function percent(id, got) { near(id, got, 0.5) }
function again(window) { return cell["4.1", "once", window] + cell["4.1", "several", window] }
END {
    exact("residence_persons_2016_2020", cell["2.15", "total", "2016-2020"]); exact("residence_minors_2016_2020", cell["2.15", "total", "under_18"])
    percent("residence_women", 100 * cell["2.15-sex", "female", "all"] / cell["2.15-sex", "total", "all"])
    percent("residence_men_dublin", 100 * cell["2.15-sex", "male", "yes"] / cell["2.15-sex", "total", "yes"])
    count("cosm_2019", cell["3.7", "total", "2019"]); count("cosm_2020", cell["3.7", "total", "2020"])
    count("help_population", cell["3.5", "total", "victim"]); count("help_shelter", cell["3.5", "yes", "victim"])
    count("help_minors", cell["3.1-number", "total", "victim"]); count("help_youth_care", cell["3.1-number", "yes", "victim"])
    percent("help_closed", cell["3.2", "closed", "victim"]); percent("help_residential_other", cell["3.2", "residential_other", "victim"])
    percent("help_ended_as_planned", cell["3.4-ended", "as_planned", "victim"]); percent("help_ended_by_client", cell["3.4-ended", "by_client", "victim"])
    percent("help_mental_cost", cell["3.8", "mental_cost", "victim"])
    count("revict_population", cell["5.5", "total", "all"])
    count("revict_2y_population", cell["4.1", "total", "two"]); count("revict_2y", again("two"))
    count("revict_5y_population", cell["4.1", "total", "five"]); count("revict_5y", again("five"))
    count("revict_7y_population", cell["4.1", "total", "seven"]); percent("revict_7y", 100 * again("seven") / cell["4.1", "total", "seven"])
    near("revict_5y_mean", cell["4.1-days", "days", "total"], 0.05)
    near("revict_5y_incidents", cell["4.3", "total", "five"], 6) # several incidents of one day are one here: a few fewer than printed
    percent("revict_5y_trafficking", cell["4.2", "trafficking", "five"]); percent("revict_5y_sexual", cell["4.2", "sexual", "five"])
    percent("revict_5y_violence", cell["4.2", "violence", "five"])
    count("revict_5y_any_of_three", cell["4.2", "yes", "five"] * cell["4.1", "total", "five"] / 100)
    count("revict_5y_form_population", cell["4.6", "total", "sexual"] + cell["4.6", "total", "other"])
    percent("revict_5y_form_sexual", 100 * (cell["4.6", "once", "sexual"] + cell["4.6", "several", "sexual"]) / cell["4.6", "total", "sexual"])
    percent("revict_5y_form_other", 100 * (cell["4.6", "once", "other"] + cell["4.6", "several", "other"]) / cell["4.6", "total", "other"])
    percent("offenders_dismissed", 100 * cell["5.1", "dismissed", "2016-2020"] / cell["5.1", "registered", "2016-2020"])
    percent("offenders_recidivism_2y", cell["5.3", "again", "domestic"]); percent("offenders_recidivism_2y_all", cell["5.3", "again", "all"])
    percent("offenders_5y_property", cell["5.4", "property", "trafficking"]); percent("offenders_5y_violence", cell["5.4", "violence", "trafficking"])
    percent("offenders_5y_drugs", cell["5.4", "drugs", "trafficking"]); percent("offenders_5y_trafficking", cell["5.4", "trafficking", "trafficking"])
    if (seen != 38) print seen " facts seen, want 38"
}

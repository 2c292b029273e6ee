#!/bin/sh
# Build the workspace of Boston's cases about animals and pests from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example boston_animals_and_pests
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/boston_311_pest_animal"/filtered_2016.csv.gz "$records/boston_311_pest_animal"/filtered_2017.csv.gz "$records/boston_311_pest_animal"/filtered_2018.csv
$clause9 --workspace "$workspace" review new 2018-q4 --from 2018-10-01 --to 2018-12-31 --title "Management review, last quarter 2018"

#!/bin/sh
# Build the workspace of Detroit's food inspections from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example detroit_food_safety
$clause9 --workspace "$workspace" ingest "$records/detroit_food_safety"
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" review new 2019-q1 --from 2019-01-01 --to 2019-03-31 --title "Management review, first quarter 2019"

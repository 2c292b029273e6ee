#!/bin/sh
# Build the workspace of thirty US airports from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example us_airports
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/us_airports"
$clause9 --workspace "$workspace" review new 2023-q4 --from 2023-10-01 --to 2023-12-31 --title "Management review, last quarter 2023"
$clause9 --workspace "$workspace" review status

#!/bin/sh
# Build the workspace of Toronto's transit delays from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example ttc
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/ttc_transit_delays" --accept-good
$clause9 --workspace "$workspace" review new 2019-q3 --from 2019-07-01 --to 2019-09-30 --title "Management review, third quarter 2019"

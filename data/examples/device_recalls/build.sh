#!/bin/sh
# Build the workspace of recalls of medical devices from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example device_recalls
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/fda_device_recalls"/recalls_2015_2017.csv.gz "$records/fda_device_recalls"/maude_daVinci_FOIDEV.txt
$clause9 --workspace "$workspace" review new 2017-q3 --from 2017-07-01 --to 2017-09-30 --title "Management review, third quarter 2017"

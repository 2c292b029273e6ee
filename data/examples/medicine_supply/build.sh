#!/bin/sh
# Build the workspace of deliveries of medicines to 43 countries from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example medicine_supply
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/scms_supplier_deliveries"/SCMS_Delivery_History_Dataset.csv
$clause9 --workspace "$workspace" review new 2015-q2 --from 2015-04-01 --to 2015-06-30 --title "Management review, second quarter 2015"

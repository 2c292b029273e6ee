#!/bin/sh
# Build the workspace of a software company's help desk from public records, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example software_help_desk
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" ingest "$records/helpdesk_tickets"/helpdesk_events.csv.gz
$clause9 --workspace "$workspace" review new 2013-q3 --from 2013-07-01 --to 2013-09-30 --title "Management review, third quarter 2013"

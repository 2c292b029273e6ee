#!/bin/sh
# Build the workspace of the marketplace from a public sample of orders, with the command line alone.
# Usage: build.sh RECORDS_FOLDER WORKSPACE
set -eu
records=$1 workspace=$2
clause9=${CLAUSE9:-.venv/bin/clause9}
rm -rf "$workspace"
$clause9 init "$workspace" --example marketplace
$clause9 --workspace "$workspace" ingest "$records/olist_marketplace"
$clause9 --workspace "$workspace" records load "$workspace/people.toml"
$clause9 --workspace "$workspace" review new 2018-q2 --from 2018-04-01 --to 2018-06-30 --title "Management review, second quarter 2018"

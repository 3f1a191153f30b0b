#!/usr/bin/env bash
# What runs from cron: curl, jq and a file. LIST_URL, CHAT_URL; STATE_FILE holds the last list.
set -euo pipefail
now=$(mktemp)
curl -sSf "$LIST_URL" >"$now"
if [ -s "$STATE_FILE" ]; then
  changed=$(jq -r --slurpfile before "$STATE_FILE" '
    ($before[0].release_plans | map({(.id): .status}) | add) as $known
    | .release_plans[] | select($known[.id] != .status) | "\(.name) is \(.status) (\(.id))"' "$now")
fi
mv "$now" "$STATE_FILE"
[ -z "${changed:-}" ] && exit 0
while IFS= read -r line; do
  curl -sSf -o /dev/null -d "$(jq -cn --arg text "$line" '{text: $text}')" "$CHAT_URL"
done <<<"$changed"

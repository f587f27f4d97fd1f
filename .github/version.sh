#!/bin/sh
# The version that this source has.
sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../pyproject.toml"

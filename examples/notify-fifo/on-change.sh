#!/bin/sh
# Reads keepalived's notify FIFO, whose path is the last argument, until it ends.
while read -r kind name rest; do
  case $kind in
    INSTANCE | GROUP) logger -t director "$kind $name is $rest" ;;
    VS | RS) logger -t director "$kind $name: $rest" ;;
  esac
done <"$1"

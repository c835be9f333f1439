#!/usr/bin/env bash
# Makes the images that Dockerfiles start from on this host, under their usual names, without a registry of images.
#
#   scripts/make-base-images.sh [--only NAME]... [--force] [--list]
#
#   --only NAME  only this image: "node", or one of its tags such as "node:24-slim"; may be repeated
#   --force      make images again that are there already
#   --list       print the images, their tags and whether they are there
#   --help       this text
#
# An image that is there is left alone, wherever it came from. The exception: one made here is made again once the host's
# own CA certificates have changed. Packages come from the mirrors that apt, npm and pip are set up with on this host.
# Each image is a recipe in scripts/base-images/: a file NAME.sh with `tags`, `needs` and `make_image FOLDER`.

# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
recipes=$root/base-images
. "$root/lib/common.sh"
. "$root/lib/apt.sh"
. "$root/lib/engine.sh"
. "$root/lib/base-images.sh"

only=()
force=0
list=0
while (($#)); do
  case $1 in
    --only) [[ -n ${2-} ]] || fail '--only wants a name.'; only+=("$2"); shift ;;
    --force) force=1 ;;
    --list) list=1 ;;
    -h | --help) usage "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option \"$1\"." 'See --help.' ;;
  esac
  shift
done

image_names() { find "$recipes" -name '*.sh' -printf '%f\n' | sed 's/\.sh$//' | sort; }

# recipe_field NAME tags|needs: the words of that array, one a line.
recipe_field() (
  # shellcheck source=/dev/null
  . "$recipes/$1.sh"
  declare -n field=$2
  ((${#field[@]} == 0)) || printf '%s\n' "${field[@]}"
)

# is_made TAG: there, and not made here with other certificates than the host has now.
is_made() {
  local labels
  labels=$(docker image inspect --format '{{index .Config.Labels "plat.base-image"}} {{index .Config.Labels "plat.base-image.ca"}}' \
    "$1" 2>/dev/null) || return 1
  [[ $labels != true* || $labels == "true $ca" ]]
}

all_made() {
  local tag
  while read -r tag; do is_made "$tag" || return 1; done < <(recipe_field "$1" tags)
}

# name_of WORD: the image's name, given the name or one of its tags.
name_of() {
  local name
  while read -r name; do
    if [[ $name == "$1" ]] || recipe_field "$name" tags | grep -qxF -- "$1"; then
      printf '%s' "$name"
      return
    fi
  done < <(image_names)
  fail "there is no recipe for \"$1\"." "There are: $(image_names | paste -sd ' ')."
}

image_ids() { recipe_field "$1" tags | xargs docker image inspect --format '{{.Id}}' 2>/dev/null | sort -u || true; }

# remove_untagged ID: an image that containers or other images use stays.
remove_untagged() {
  [[ $(docker image inspect --format '{{len .RepoTags}}' "$1" 2>/dev/null) != 0 ]] || docker image rm "$1" >/dev/null 2>&1 || true
}

# ensure NAME FORCE: the image, and first the images it needs (which are never forced).
ensure() {
  local name=$1 needed started before id
  while read -r needed; do ensure "$needed" 0; done < <(recipe_field "$name" needs)
  [[ $2 == 1 ]] || ! all_made "$name" || return 0
  started=$SECONDS
  say "making $name"
  making=$name
  mkdir -p "$work/$name"
  before=$(image_ids "$name")
  # No "||" here: bash would go on after a failed command inside the recipe.
  (
    # shellcheck source=/dev/null
    . "$recipes/$name.sh"
    MAKE_AFRESH=$2 make_image "$work/$name"
  ) </dev/null
  making=
  for id in $before; do remove_untagged "$id"; done
  rm -rf --one-file-system "${work:?}/$name"
  say "made $(recipe_field "$name" tags | paste -sd ' ') in $((SECONDS - started)) s"
}

clean_up() {
  rm -rf --one-file-system "$work"
  [[ -z $making ]] || say "error: could not make $making."
}

engine_answers || fail 'no Docker engine answers.' 'Start it with scripts/setup-engine.sh.'
ca=$(ca_digest)

wanted=()
if ((${#only[@]})); then
  for word in "${only[@]}"; do
    name=$(name_of "$word")
    wanted+=("$name")
  done
else
  mapfile -t wanted < <(image_names)
fi

if [[ $list == 1 ]]; then
  for name in "${wanted[@]}"; do
    state=missing
    ! all_made "$name" || state=made
    printf '%s\t%s\t%s\n' "$name" "$state" "$(recipe_field "$name" tags | paste -sd ' ')"
  done
  exit 0
fi

missing=0
for name in "${wanted[@]}"; do
  all_made "$name" || missing=1
done
[[ $missing == 1 || $force == 1 ]] || exit 0

exec 9>"${TMPDIR:-/tmp}/plat-base-images.lock"
flock -w 1800 9 || fail 'another run has been making images for half an hour.'
work=$(mktemp -d "${TMPDIR:-/var/tmp}/plat-base-images.XXXXXX")
making=
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for name in "${wanted[@]}"; do
  ensure "$name" "$force"
done

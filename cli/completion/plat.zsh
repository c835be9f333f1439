#compdef plat
# Completion of plat for zsh. To use it: source <(plat completion zsh)
# or: plat completion zsh > a folder of $fpath, as _plat

_plat() {
  local -a found
  found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("${(@)found:#}")
  if (( ${#found} )); then
    compadd -a found
  else
    _files
  fi
}

if [ "${funcstack[1]}" = "_plat" ]; then
  _plat "$@"
else
  compdef _plat plat
fi

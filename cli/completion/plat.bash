# Completion of plat for bash. To use it: source <(plat completion bash)
# or: plat completion bash > ~/.local/share/bash-completion/completions/plat

_plat() {
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null))
  # Nothing of plat's own fits: files and folders, as ever.
  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
    compopt -o default 2>/dev/null
  fi
}

complete -F _plat plat

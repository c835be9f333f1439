# Completion of plat for fish. To use it: plat completion fish | source
# or: plat completion fish > ~/.config/fish/completions/plat.fish

function __plat_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    $words[1] __complete -- $words[2..-1] "$current" 2>/dev/null
end

complete -c plat -f -a '(__plat_complete)'

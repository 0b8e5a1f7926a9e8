import type { Shell } from '../commands/completion.ts';

/**
 * What each shell is told. All ask the program, whose answer is a line that says what follows (`words`; `open`: words that go on;
 * `files`: the shell's own business), and then a word a line, with a tab and what it means. None of it is ever evaluated.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for regsweep: source <(regsweep completion bash)
_regsweep() {
  local kind= answer typed=\${COMP_LINE:0:COMP_POINT} breaks place
  COMPREPLY=()
  while IFS= read -r answer; do
    if [ -z "$kind" ]; then kind=$answer; else COMPREPLY+=("\${answer%%$'\\t'*}"); fi
  done < <(regsweep completion bash --line="$typed" </dev/null 2>/dev/null)
  case $kind in
    open) compopt -o nospace 2>/dev/null ;;
    files) compopt -o default 2>/dev/null ;;
  esac
  # bash puts an answer in the place of what follows the last character that it breaks words at, which is none in quotes.
  typed=\${typed##*[[:space:]]} breaks=\${COMP_WORDBREAKS//[^:=@]/}
  typed=\${typed%%[\\'\\"]*}
  if [[ -n $breaks ]]; then
    place=\${typed%"\${typed##*["$breaks"]}"}
    COMPREPLY=("\${COMPREPLY[@]#"$place"}")
  fi
}
complete -F _regsweep regsweep
`,
  zsh: `#compdef regsweep
# zsh completion for regsweep: regsweep completion zsh > DIR/_regsweep, with DIR in fpath
_regsweep() {
  local kind= answer
  local -a given names shown
  given=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  while IFS= read -r answer; do
    if [[ -z $kind ]]; then
      kind=$answer
      continue
    fi
    names+=("\${answer%%$'\\t'*}")
    if [[ $answer == *$'\\t'* ]]; then shown+=("\${answer/$'\\t'/  }"); else shown+=("$answer"); fi
  done < <(regsweep completion zsh "--word=\${(@)^given}" </dev/null 2>/dev/null)
  case $kind in
    files) _files ;;
    open) compadd -S '' -d shown -a names ;;
    *) compadd -l -d shown -a names ;;
  esac
}
if [[ "\${funcstack[1]}" == _regsweep ]]; then _regsweep "$@"; else compdef _regsweep regsweep; fi
`,
  fish: `# fish completion for regsweep: regsweep completion fish > ~/.config/fish/completions/regsweep.fish
function __regsweep_answers
    set -l given (commandline -opc)
    set -l typed (commandline -ct)
    set -l answers (regsweep completion fish --word=$given[2..-1] --word="$typed" </dev/null 2>/dev/null)
    if test "$answers[1]" = files
        __fish_complete_path "$typed"
    else
        printf '%s\\n' $answers[2..-1]
    end
end
complete -c regsweep -f -a '(__regsweep_answers)'
`,
};

// Prepare completes a function's source, so that it can be built, and prints the package that is its program.
//
//   - A program that is there already (package main with func main, at the root or as the only one in cmd/) is left alone.
//   - A package that declares Handler gets a program around it: a server that calls it.
//   - A source without go.mod gets one.
package main

import (
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed serve.go.txt
var serveSource string

const programFolder = "plat_main"

func main() {
	program, err := prepare(os.Args[1])
	if err != nil {
		fmt.Fprintf(os.Stderr, "plat: error: %s\n", err)
		os.Exit(1)
	}
	fmt.Println(program)
}

func prepare(folder string) (string, error) {
	module, err := ensureModule(folder)
	if err != nil {
		return "", err
	}
	root, err := readPackage(folder)
	if err != nil {
		return "", err
	}
	switch {
	case root == nil:
		return onlyCommand(folder)
	case root.hasMain:
		return ".", nil
	case !root.hasHandler:
		return "", fmt.Errorf("the package %s has neither func main nor Handler. Declare func Handler(w http.ResponseWriter, r *http.Request), or package main with a server that listens on $PORT", root.name)
	case root.name == "main":
		return ".", writeProgram(folder, "", "Handler")
	default:
		target := filepath.Join(folder, programFolder)
		if err := os.Mkdir(target, 0o755); err != nil {
			return "", err
		}
		return "./" + programFolder, writeProgram(target, fmt.Sprintf("import function %q\n\n", module), "function.Handler")
	}
}

// writeProgram writes a main function that serves a handler, and the server.
func writeProgram(folder, imports, handler string) error {
	main := fmt.Sprintf("package main\n\n%sfunc main() { platServe(%s) }\n", imports, handler)
	if err := os.WriteFile(filepath.Join(folder, "plat_main.go"), []byte(main), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "plat_serve.go"), []byte(serveSource), 0o644)
}

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)

func ensureModule(folder string) (string, error) {
	file := filepath.Join(folder, "go.mod")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return "function", os.WriteFile(file, []byte("module function\n\ngo 1.24\n"), 0o644)
	}
	if err != nil {
		return "", err
	}
	found := moduleLine.FindSubmatch(text)
	if found == nil {
		return "", errors.New("go.mod has no module line")
	}
	return string(found[1]), nil
}

type goPackage struct {
	name       string
	hasMain    bool
	hasHandler bool
}

// readPackage reads the package at folder; nil when there is none.
func readPackage(folder string) (*goPackage, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var found *goPackage
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if found == nil {
			found = &goPackage{name: parsed.Name.Name}
		}
		for _, declaration := range parsed.Decls {
			found.note(declaration)
		}
	}
	return found, nil
}

func (p *goPackage) note(declaration ast.Decl) {
	switch declared := declaration.(type) {
	case *ast.FuncDecl:
		if declared.Recv == nil {
			p.noteName(declared.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range declared.Specs {
			if value, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range value.Names {
					p.noteName(name.Name)
				}
			}
		}
	}
}

func (p *goPackage) noteName(name string) {
	p.hasMain = p.hasMain || (name == "main" && p.name == "main")
	p.hasHandler = p.hasHandler || name == "Handler"
}

// onlyCommand is for sources whose root holds no package: the one program in cmd/.
func onlyCommand(folder string) (string, error) {
	folders, err := filepath.Glob(filepath.Join(folder, "cmd", "*"))
	if err != nil {
		return "", err
	}
	var programs []string
	for _, one := range folders {
		if read, err := readPackage(one); err == nil && read != nil && read.hasMain {
			programs = append(programs, "./cmd/"+filepath.Base(one))
		}
	}
	if len(programs) == 1 {
		return programs[0], nil
	}
	return "", fmt.Errorf("the source has no .go file at its root and %d programs in cmd/; one is needed", len(programs))
}

// Package function is what {{name}} answers.
package function

import (
	"encoding/json"
	"log"
	"net/http"
)

// Handler answers GET /function/{{name}}?name=Ada.
func Handler(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if name == "" {
		name = "world"
	}
	log.Printf("Greeting %s (request %s)", name, r.Header.Get("X-Request-Id"))
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"message": "Hello, " + name + "!"})
}

package function

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGreetsByName(t *testing.T) {
	recorder := httptest.NewRecorder()
	Handler(recorder, httptest.NewRequest("GET", "/?name=Ada", nil))
	if got := strings.TrimSpace(recorder.Body.String()); got != `{"message":"Hello, Ada!"}` {
		t.Errorf("got %s", got)
	}
}

func TestGreetsTheWorld(t *testing.T) {
	recorder := httptest.NewRecorder()
	Handler(recorder, httptest.NewRequest("GET", "/", nil))
	if got := strings.TrimSpace(recorder.Body.String()); got != `{"message":"Hello, world!"}` {
		t.Errorf("got %s", got)
	}
}

module plat.local/prepare

go 1.24

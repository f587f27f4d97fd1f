"""The sandbox: reports are read in a child process that can reach nothing but the files it is handed."""

package main

// Help gives examples.
func (demoCommand) Help() string {
	return `Makes its data the first time, in guichet-demo-PRESET unless --data says otherwise, then prints the accounts.

Examples:
  guichet demo
  guichet demo --preset paris --listen 127.0.0.1:9000
  guichet demo --locale en`
}

// Help gives examples.
func (serveCommand) Help() string {
	return `Examples:
  guichet serve --data /var/lib/guichet
  guichet serve --data /var/lib/guichet --base-url https://aide.example.fr --trusted-proxy 127.0.0.1`
}

// Help gives examples.
func (migrateCommand) Help() string {
	return `Makes the data folder and its database when there is none.

Examples:
  guichet migrate --data /var/lib/guichet
  guichet migrate --database 'postgres://guichet:…@db.example.fr/guichet'`
}

// Help gives examples.
func (presetListCommand) Help() string {
	return `Examples:
  guichet preset list
  guichet preset list --json`
}

// Help gives examples.
func (presetLoadCommand) Help() string {
	return `Examples:
  guichet preset load insa --data /var/lib/guichet`
}

// Help gives examples.
func (configExportCommand) Help() string {
	return `One readable file per kind: desk, organisations, roles, teams, services, offerings, workflows, rules… The format
is that of the ready-made desks; docs/configuration.md explains it.

Examples:
  guichet config export --data /var/lib/guichet desk
  guichet config export --people desk`
}

// Help gives examples.
func (configDiffCommand) Help() string {
	return `Reads and checks the files as import does, and changes nothing. Faults are told with their file and line.

Examples:
  guichet config diff --data /var/lib/guichet desk
  guichet config diff --exit-code desk || echo "The desk is not what the files say."
  guichet config diff --json desk`
}

// Help gives examples.
func (configImportCommand) Help() string {
	return `May be run again, and while the desk is served: the pages follow at once. Everything is checked first; then it is
written in one transaction. What changed becomes a new version; tickets in progress keep theirs.

Examples:
  guichet config import --data /var/lib/guichet desk
  guichet config import --dry-run desk
  guichet config import --yes --prune --note "Réseau des sites" desk`
}

// Help gives examples.
func (accountCreateCommand) Help() string {
	return `The password is a line of standard input, of 15 characters or more: a sentence does very well.

Examples:
  guichet account create --login awa --given Awa --family Diop --role functional_administrator
  guichet account create --login luc --given Luc --family Petit --role technician@insa-lyon/moodle --password-file secret`
}

// Help gives examples.
func (tokenCreateCommand) Help() string {
	return `Examples:
  guichet token create --for awa
  guichet token create --for awa --scope read --expires 720h --name dashboard`
}

// Help gives examples.
func (checkCommand) Help() string {
	return `Exits with 1 when something is wrong.

Examples:
  guichet check --data /var/lib/guichet
  guichet check --data /var/lib/guichet --json`
}

// Help gives examples.
func (backupCommand) Help() string {
	return `The copy holds the key that signs links: keep it as safe as the desk. With PostgreSQL, pg_dump copies the
database, then --files-only the rest.

Examples:
  guichet backup --data /var/lib/guichet /var/backups/guichet/2026-11-21
  pg_dump --format=custom --file=guichet.dump URL && guichet backup --files-only --data /var/lib/guichet FOLDER`
}

// Help gives examples.
func (restoreCommand) Help() string {
	return `Writes into a new folder only, and verifies database and files. With PostgreSQL, pg_restore comes first.

Examples:
  guichet restore --data /var/lib/guichet-tried /var/backups/guichet/2026-11-21
  guichet restore --data /var/lib/guichet-tried --database URL FOLDER`
}

// Help gives examples.
func (versionCommand) Help() string {
	return `Examples:
  guichet version --json`
}

# shellcheck shell=sh
# Commits with fixed dates, so that their names are the same each time; packs, clones, merges, checks.
set -eu
export HOME=/tmp GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git config --global user.email a@example.org
git config --global user.name a
git config --global init.defaultBranch main
mkdir /tmp/repo
cd /tmp/repo
git init -q
for i in $(seq 60); do echo "$i" >"$i"; done
sleep 1.1 # what changed in the second of the last look is read again
git add .
git commit -qm first
git checkout -qb side
echo side >side
git add side
git commit -qm side
git checkout -q main
echo main >main
git add main
git commit -qm second
git merge -q -m merge side
git log --format='%h %s' --topo-order
git gc -q
git fsck --strict 2>/dev/null
git clone -q "file:///tmp/repo" /tmp/clone
diff -r -x .git /tmp/repo /tmp/clone
cd /tmp/clone
echo new >new
git add new
git commit -qm new
git push -q origin HEAD:refs/heads/pushed
git -C /tmp/repo branch --list
git stash list
git grep -c new
git archive HEAD | tar -t | wc -l

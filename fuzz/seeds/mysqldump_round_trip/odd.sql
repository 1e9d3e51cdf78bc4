SET sql_mode='ANSI,NO_BACKSLASH_ESCAPES';
INSERT INTO "t" VALUES ('a\',0x00),('b''',NULL);
SET sql_mode='';
REPLACE INTO t VALUES ("x;",-1),('ÿ',_binary 'y');
CALL p();

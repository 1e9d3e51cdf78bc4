--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.people (
    id integer NOT NULL,
    email text,
    note text
);

COPY public.people (id, email, note) FROM stdin;
1	geheim1@example.org	geheim note 1
2	geheim2@example.org	geheim note 2
3	geheim3@example.org	geheim note 3
4	geheim4@example.org	geheim note 4
5	geheim5@example.org	geheim note 5
6	geheim6@example.org	geheim note 6
7	geheim7@example.org	geheim note 7
8	geheim8@example.org	geheim note 8
9	geheim9@example.org	geheim note 9
10	geheim10@example.org	geheim note 10
11	geheim11@example.org	geheim note 11
12	geheim12@example.org	geheim note 12
13	geheim13@example.org	geheim note 13
14	geheim14@example.org	geheim note 14
15	geheim15@example.org	geheim note 15
16	geheim16@example.org	geheim note 16
17	geheim17@example.org	geheim note 17
18	geheim18@example.org	geheim note 18
19	geheim19@example.org	geheim note 19
20	geheim20@example.org	geheim note 20
21	geheim21@example.org	geheim note 21
22	geheim22@example.org	geheim note 22
23	geheim23@example.org	geheim note 23
24	geheim24@example.org	geheim note 24
25	geheim25@example.org	geheim note 25
26	geheim26@example.org	geheim note 26
27	geheim27@example.org	geheim note 27
28	geheim28@example.org	geheim note 28
29	geheim29@example.org	geheim note 29
30	geheim30@example.org	geheim note 30
31	geheim31@example.org	geheim note 31
32	geheim32@example.org	geheim note 32
33	geheim33@example.org	geheim note 33
34	geheim34@example.org	geheim note 34
35	geheim35@example.org	geheim note 35
36	geheim36@example.org	geheim note 36
37	geheim37@example.org	geheim note 37
38	geheim38@example.org	geheim note 38
39	geheim39@example.org	geheim note 39
40	geheim40@example.org	geheim note 40
\.


ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- PostgreSQL database dump complete
--


--
-- PostgreSQL database dump
--


-- Dumped from database version 15.13
-- Dumped by pg_dump version 15.13

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: order_status; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.order_status AS ENUM (
    'cart',
    'paid',
    'shipped',
    'returned',
    'cancelled'
);


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: addresses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.addresses (
    id integer NOT NULL,
    person_id integer NOT NULL,
    kind text DEFAULT 'home'::text NOT NULL,
    street character varying(120) NOT NULL,
    line2 character varying(60),
    city character varying(80) NOT NULL,
    state character(2),
    postcode character varying(10),
    country character(2) DEFAULT 'US'::bpchar NOT NULL
);


--
-- Name: addresses_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.addresses_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: addresses_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.addresses_id_seq OWNED BY public.addresses.id;


--
-- Name: orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orders (
    id integer NOT NULL,
    customer_id integer NOT NULL,
    customer_email character varying(254),
    status public.order_status DEFAULT 'cart'::public.order_status NOT NULL,
    total numeric(10,2) NOT NULL,
    gift_note text,
    placed_at timestamp with time zone NOT NULL,
    CONSTRAINT orders_total_check CHECK ((total >= (0)::numeric))
);


--
-- Name: orders_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.orders_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: orders_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.orders_id_seq OWNED BY public.orders.id;


--
-- Name: payments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payments (
    id bigint NOT NULL,
    order_id integer NOT NULL,
    customer_id integer NOT NULL,
    card_number character varying(24),
    iban character varying(42),
    billing_title character varying(8),
    billing_name character varying(120),
    amount numeric(10,2) NOT NULL,
    gateway_log text,
    paid_at timestamp with time zone NOT NULL,
    CONSTRAINT payments_one_method CHECK ((num_nonnulls(card_number, iban) = 1))
);


--
-- Name: payments_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.payments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: payments_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.payments_id_seq OWNED BY public.payments.id;


--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    id integer NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    first_name character varying(60) NOT NULL,
    last_name character varying(60) NOT NULL,
    gender text,
    email character varying(254),
    phone character varying(30),
    ssn character varying(11),
    birth_date date,
    loyalty_card character varying(24),
    password_hash text NOT NULL,
    photo_url text,
    referred_by integer,
    notes text,
    profile jsonb,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT people_gender_check CHECK ((gender = ANY (ARRAY['female'::text, 'male'::text, 'nonbinary'::text])))
);


--
-- Name: TABLE people; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.people IS 'Customers of the shop';


--
-- Name: COLUMN people.referred_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.people.referred_by IS 'The customer who brought this one';


--
-- Name: people_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.people_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: people_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.people_id_seq OWNED BY public.people.id;


--
-- Name: support_notes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.support_notes (
    id integer NOT NULL,
    person_id integer,
    agent character varying(40) NOT NULL,
    body text NOT NULL,
    written_at timestamp with time zone NOT NULL
);


--
-- Name: support_notes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.support_notes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: support_notes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.support_notes_id_seq OWNED BY public.support_notes.id;


--
-- Name: addresses id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.addresses ALTER COLUMN id SET DEFAULT nextval('public.addresses_id_seq'::regclass);


--
-- Name: orders id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders ALTER COLUMN id SET DEFAULT nextval('public.orders_id_seq'::regclass);


--
-- Name: payments id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments ALTER COLUMN id SET DEFAULT nextval('public.payments_id_seq'::regclass);


--
-- Name: people id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people ALTER COLUMN id SET DEFAULT nextval('public.people_id_seq'::regclass);


--
-- Name: support_notes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.support_notes ALTER COLUMN id SET DEFAULT nextval('public.support_notes_id_seq'::regclass);


--
-- Data for Name: addresses; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.addresses (id, person_id, kind, street, line2, city, state, postcode, country) FROM stdin;
1	1001	home	295 Mill Race Road	\N	Millbrook Falls	OR	97028	US
2	1002	home	142 Orchard Close	2nd floor	Fernhollow	OR	97001	US
3	1003	home	41 Tanner's Yard	\N	Quillfield	OR	97104	US
4	1004	home	336 Larch Avenue	Unit 12B	Port Calder	WA	98003	US
5	1004	work	248 Rue de l'Églantine	2nd floor	Quillfield	OR	97104	US
6	1005	home	66 Harbour Parade	\N	Fernhollow	OR	97001	US
7	1006	home	26 Orchard Close	\N	Stonehaven	WA	98201	US
8	1007	home	87 Calle del Olmo	\N	Quillfield	OR	97104	US
9	1007	work	309 Calle del Olmo	\N	Stonehaven	WA	98201	US
10	1008	home	286 Harbour Parade		Port Calder	WA	98003	US
11	1008	work	372 Saint Brannoc's Row	c/o d'Artois	Fernhollow	OR	97001	US
12	1009	home	24 Weaver Street	\N	Stonehaven	WA	98201	US
13	1010	home	120 Harbour Parade	\N	East Larkspur	OR	97019	US
14	1011	home	162 Quarry Hill	\N	Stonehaven	WA	98201	US
15	1012	home	Lindenstraße 14	\N	Grünwalde	\N	01999	DE
16	1013	home	8 rue de l'Églantine	\N	Val-des-Fougères	\N	99123	FR
17	1014	home	102 Harbour Parade	\N	Fernhollow	OR	97001	US
18	1014	work	274 Saint Brannoc's Row	\N	Quillfield	OR	97104	US
19	1015	home	232 Quarry Hill	\N	East Larkspur	OR	97019	US
20	1016	home	266 Larch Avenue	\N	Millbrook Falls	OR	97028	US
21	1017	home	227 Harbour Parade		Quillfield	OR	97104	US
22	1018	home	366 Calle del Olmo	\N	Stonehaven	WA	98201	US
23	1019	home	254 Quarry Hill	\N	Stonehaven	WA	98201	US
24	1020	home	347 Larch Avenue	\N	Port Calder	WA	98003	US
25	1021	home	237 Quarry Hill	\N	Fernhollow	OR	97001	US
26	1021	work	97 Harbour Parade	\N	Quillfield	OR	97104	US
27	1022	home	285 Rue de l'Églantine	\N	Fernhollow	OR	97001	US
28	1022	work	268 Orchard Close	\N	Quillfield	OR	97104	US
29	1023	home	371 Kestrel Court	\N	Quillfield	OR	97104	US
30	1023	work	328 Alder Lane	\N	Millbrook Falls	OR	97028	US
31	1024	home	34 Harbour Parade	Apt 4	East Larkspur	OR	97019	US
32	1025	home	274 Alder Lane		East Larkspur	OR	97019	US
33	1025	work	8 Lindenstraße		Stonehaven	WA	98201	US
34	1026	home	347 Rue de l'Églantine	\N	Port Calder	WA	98003	US
35	1027	home	190 Lindenstraße	\N	Millbrook Falls	OR	97028	US
36	1028	home	177 Quarry Hill	Apt 4	Port Calder	WA	98003	US
37	1029	home	92 Kestrel Court	Unit 12B	East Larkspur	OR	97019	US
38	1030	home	180 Weaver Street	c/o Tanemura	East Larkspur	OR	97019	US
39	1030	work	63 Lindenstraße	\N	Fernhollow	OR	97001	US
40	1031	home	51 Kestrel Court		East Larkspur	OR	97019	US
41	1032	home	413 Harbour Parade	\N	Quillfield	OR	97104	US
42	1033	home	245 Mill Race Road		Quillfield	OR	97104	US
43	1033	work	78 Saint Brannoc's Row	Unit 12B	Millbrook Falls	OR	97028	US
44	1034	home	8 Saint Brannoc's Row	\N	Stonehaven	WA	98201	US
45	1034	work	43 Larch Avenue	Apt 4	Port Calder	WA	98003	US
46	1035	home	119 Orchard Close	2nd floor	East Larkspur	OR	97019	US
47	1035	work	75 Kestrel Court	\N	Port Calder	WA	98003	US
48	1036	home	204 Tanner's Yard	\N	Port Calder	WA	98003	US
49	1036	work	126 Harbour Parade	Apt 4	East Larkspur	OR	97019	US
50	1037	home	415 Kestrel Court	c/o Bellacorte	Fernhollow	OR	97001	US
51	1038	home	144 Stonebridge Way	Apt 4	Fernhollow	OR	97001	US
52	1039	home	252 Stonebridge Way	\N	Millbrook Falls	OR	97028	US
53	1040	home	260 Alder Lane	2nd floor	Millbrook Falls	OR	97028	US
54	1041	home	358 Kestrel Court	Unit 12B	Port Calder	WA	98003	US
55	1042	home	179 Saint Brannoc's Row	\N	Millbrook Falls	OR	97028	US
56	1043	home	335 Mill Race Road	Unit 12B	Port Calder	WA	98003	US
57	1043	work	28 Kestrel Court	\N	Quillfield	OR	97104	US
58	1044	home	312 Rue de l'Églantine		Stonehaven	WA	98201	US
59	1045	home	367 Calle del Olmo	\N	Stonehaven	WA	98201	US
60	1046	home	unknown	Unit 12B	East Larkspur	OR	97019	US
61	1047	home	229 Larch Avenue	\N	Fernhollow	OR	97001	US
62	1048	home	229 Tanner's Yard	\N	Fernhollow	OR	97001	US
\.


--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.orders (id, customer_id, customer_email, status, total, gift_note, placed_at) FROM stdin;
20001	1002	T.Wrenfield@kestrel.example	shipped	147.80	Thank you for everything - Tobias	2021-04-09 15:32:21+00
20002	1001	ada.fernsby@postbox.example	cart	407.43		2021-05-09 14:28:56+00
20003	1004	marcus.thistlewood@postbox.example	cart	147.50	\N	2021-08-08 13:39:19+00
20004	1005	zoe.lindqvisthale@kestrel.example	shipped	406.75	\N	2021-09-01 15:55:10+00
20005	1001	ada.fernsby@postbox.example	shipped	80.91	Get well soon	2021-09-10 18:37:42+00
20006	1004	marcus.thistlewood@postbox.example	cart	271.94	Happy birthday, Desmond! Love from all of us.	2021-09-10 18:47:34+00
20007	1005	zoe.lindqvisthale@kestrel.example	cancelled	25.16	Thank you for everything - Zoë	2021-09-15 20:19:37+00
20008	1004	marcus.thistlewood@postbox.example	paid	25.38	\N	2021-10-02 15:23:50+00
20009	1006	rafael.quiroganunez@brightwater.example	paid	271.33	\N	2021-11-10 17:12:01+00
20010	1004	marcus.thistlewood@postbox.example	paid	12.94	Get well soon	2021-11-11 13:31:29+00
20011	1001	ada.fernsby@postbox.example	cart	320.89	\N	2021-11-12 16:34:58+00
20012	1008	lukasz.wisniowiecki@quickpost.example	cancelled	240.72	\N	2021-11-17 10:26:14+00
20013	1004	marcus.thistlewood@postbox.example	cancelled	780.18	\N	2021-11-25 15:38:33+00
20014	1002	T.Wrenfield@kestrel.example	cart	407.00	\N	2021-11-26 18:33:02+00
20015	1001	ada.fernsby@postbox.example	returned	320.01	\N	2021-12-21 21:57:30+00
20016	1009	imani.okaforbright@postbox.example	shipped	240.29	\N	2022-01-29 18:48:33+00
20017	1002	T.Wrenfield@kestrel.example	returned	0.00	\N	2022-02-09 16:17:02+00
20018	1003	siobhan.odell@fernmail.example	cart	147.82	\N	2022-02-10 02:36:09+00
20019	1008	lukasz.wisniowiecki@quickpost.example	cart	36.06	Happy birthday, Jürgen! Love from all of us.	2022-02-26 16:44:26+00
20020	1005	zoe.lindqvisthale@kestrel.example	cancelled	28.62	\N	2022-03-01 00:52:52+00
20021	1007	priya.balasundaram@fernmail.example	cart	12.39	\N	2022-03-07 20:35:49+00
20022	1002	T.Wrenfield@kestrel.example	shipped	406.79	\N	2022-03-12 12:32:07+00
20023	1009	imani.okaforbright@postbox.example	cart	36.85	\N	2022-03-17 17:45:08+00
20024	1013	chloe.dartois@postbox.example	cancelled	196.79	Thank you for everything - Chloé	2022-03-23 00:04:46+00
20025	1011	noor.haddadin@brightwater.example	shipped	12.91	\N	2022-03-27 13:51:30+00
20026	1011	noor.haddadin@brightwater.example	cart	1040.50	For the garden of Ada\nfrom the choir	2022-03-27 17:22:40+00
20027	1011	noor.haddadin@brightwater.example	shipped	29.33	\N	2022-03-30 13:07:07+00
20028	1007	priya.balasundaram@fernmail.example	shipped	542.22	\N	2022-04-04 21:05:16+00
20029	1005	zoe.lindqvisthale@kestrel.example	cancelled	240.09	\N	2022-04-13 20:50:33+00
20030	1003	siobhan.odell@fernmail.example	shipped	160.44	\N	2022-04-16 03:21:07+00
20031	1014	kenji.hoshikawa@postbox.example	returned	520.98	\N	2022-04-18 23:50:19+00
20032	1014	kenji.hoshikawa@postbox.example	returned	10.29	Happy birthday, Percival! Love from all of us.	2022-05-02 17:08:23+00
20033	1005	zoe.lindqvisthale@kestrel.example	returned	542.64	Happy birthday, Noor! Love from all of us.	2022-05-31 01:47:14+00
20034	1004	marcus.thistlewood@postbox.example	paid	48.08	For the garden of Tobias\nfrom the choir	2022-07-01 09:38:39+00
20035	1007	priya.balasundaram@fernmail.example	shipped	38.13	Happy birthday, Siobhán! Love from all of us.	2022-07-02 20:39:16+00
20036	1014	kenji.hoshikawa@postbox.example	shipped	147.13	Thank you for everything - Kenji	2022-07-12 22:55:45+00
20037	1011	noor.haddadin@brightwater.example	shipped	19.68	\N	2022-07-14 11:26:02+00
20038	1010	desmond.petherbridge@fernmail.example	shipped	25.31		2022-08-12 06:16:53+00
20039	1006	rafael.quiroganunez@brightwater.example	shipped	542.76		2022-08-14 03:03:27+00
20040	1018	xiomara.delacruz@fernmail.example	paid	10.23	\N	2022-08-14 22:25:52+00
20041	1012	jurgen.apfelbeck@brightwater.example	cart	9.54	For the garden of Ruth\nfrom the choir	2022-08-29 15:00:44+00
20042	1010	desmond.petherbridge@fernmail.example	returned	25.77	Happy birthday, Mirela! Love from all of us.	2022-09-03 01:15:52+00
20043	1010	desmond.petherbridge@fernmail.example	cart	75.65	\N	2022-09-13 01:09:46+00
20044	1014	kenji.hoshikawa@postbox.example	shipped	260.65	Thank you for everything - Kenji	2022-09-21 15:26:13+00
20045	1016	bea+garden@fernmail.example	shipped	780.36		2022-10-03 12:59:20+00
20046	1013	chloe.dartois@postbox.example	paid	12.80	Happy birthday, Chloé! Love from all of us.	2022-10-12 16:16:33+00
20047	1018	xiomara.delacruz@fernmail.example	shipped	160.74	\N	2022-10-17 17:15:38+00
20048	1009	imani.okaforbright@postbox.example	cancelled	160.62	\N	2022-10-19 23:28:07+00
20049	1009	imani.okaforbright@postbox.example	shipped	75.37	\N	2022-10-26 21:59:57+00
20050	1017	elias.vanderkooi@kestrel.example	shipped	98.66	\N	2022-10-30 20:34:18+00
20051	1010	desmond.petherbridge@fernmail.example	shipped	48.10		2022-11-12 02:23:59+00
20052	1014	kenji.hoshikawa@postbox.example	cart	780.46	\N	2022-11-23 23:07:19+00
20053	1019	dmitri.volkonov@kestrel.example	shipped	160.76		2022-11-27 16:10:49+00
20054	1021	owen.llewellynpryce@brightwater.example	paid	196.37	\N	2022-12-06 00:06:08+00
20055	1019	dmitri.volkonov@kestrel.example	returned	49.33	\N	2022-12-11 22:15:58+00
20056	1014	kenji.hoshikawa@postbox.example	cart	19.12	Thank you for everything - Kenji	2022-12-23 23:03:51+00
20057	1011	noor.haddadin@brightwater.example	shipped	1040.79	Get well soon	2023-01-02 11:12:48+00
20058	1014	kenji.hoshikawa@postbox.example	shipped	780.24	\N	2023-01-15 15:25:57+00
20059	1021	owen.llewellynpryce@brightwater.example	shipped	48.83	\N	2023-01-29 19:43:20+00
20060	1020	winifred.sprague@brightwater.example	shipped	38.07	\N	2023-01-30 14:12:25+00
20061	1022	ngoc.truong@quickpost.example	shipped	542.03	\N	2023-02-22 02:30:17+00
20062	1019	dmitri.volkonov@kestrel.example	paid	25.14	Thank you for everything - Dmitri	2023-03-09 14:52:31+00
20063	1012	jurgen.apfelbeck@brightwater.example	shipped	29.03	\N	2023-03-09 15:00:42+00
20064	1015	rowan.ashgrove@kestrel.example	cancelled	36.10	\N	2023-03-13 23:34:08+00
20065	1015	rowan.ashgrove@kestrel.example	shipped	50.02		2023-04-23 19:09:12+00
20066	1014	kenji.hoshikawa@postbox.example	shipped	49.17	\N	2023-04-29 20:54:02+00
20067	1025	bartholomew.quill@brightwater.example	shipped	38.98	Get well soon	2023-05-02 22:38:30+00
20068	1018	xiomara.delacruz@fernmail.example	cart	135.96	Happy birthday, Imani! Love from all of us.	2023-05-09 22:11:25+00
20069	1019	dmitri.volkonov@kestrel.example	shipped	136.37	Thank you for everything - Dmitri	2023-05-10 12:42:52+00
20070	1028	tamsin.polglase@kestrel.example	returned	542.97	\N	2023-06-20 00:21:38+00
20071	1026	ines.figueiredo@brightwater.example	paid	12.05	\N	2023-07-19 02:26:37+00
20072	1018	xiomara.delacruz@fernmail.example	shipped	1040.70	Thank you for everything - Xiomara	2023-07-19 15:37:11+00
20073	1029	hamza.elamrani@brightwater.example	paid	50.40	Thank you for everything - Hamza	2023-07-20 19:35:09+00
20074	1029	hamza.elamrani@brightwater.example	cancelled	1040.97	Happy birthday, Juniper! Love from all of us.	2023-07-24 22:12:56+00
20075	1021	owen.llewellynpryce@brightwater.example	shipped	25.72	\N	2023-08-03 23:47:31+00
20076	1020	winifred.sprague@brightwater.example	shipped	49.29	Thank you for everything - Winifred	2023-08-13 14:02:01+00
20077	1019	dmitri.volkonov@kestrel.example	cancelled	48.62	Get well soon	2023-08-16 17:31:38+00
20078	1021	owen.llewellynpryce@brightwater.example	shipped	25.36	\N	2023-08-20 03:17:38+00
20079	1029	hamza.elamrani@brightwater.example	shipped	49.10	Happy birthday, Chloé! Love from all of us.	2023-08-20 20:22:42+00
20080	1019	dmitri.volkonov@kestrel.example	returned	1040.19	\N	2023-08-31 17:15:50+00
20081	1028	tamsin.polglase@kestrel.example	cancelled	75.27	For the garden of Juniper\nfrom the choir	2023-10-17 21:40:15+00
20082	1032	ferdinand.oyelaran@brightwater.example	shipped	25.00	For the garden of Łukasz\nfrom the choir	2023-11-01 15:30:34+00
20083	1033	mirela.stoicescu@quickpost.example	cart	100.35	\N	2023-12-14 11:30:37+00
20084	1022	ngoc.truong@quickpost.example	returned	80.03	Thank you for everything - Ngọc	2023-12-19 04:42:39+00
20085	1030	greta.sonnleitner@postbox.example	shipped	80.32	\N	2023-12-21 15:33:12+00
20086	1022	ngoc.truong@quickpost.example	shipped	80.88	\N	2023-12-25 02:23:20+00
20087	1028	tamsin.polglase@kestrel.example	shipped	406.83	For the garden of Ansel\nfrom the choir	2024-02-10 21:24:40+00
20088	1028	tamsin.polglase@kestrel.example	paid	12.77	\N	2024-04-05 00:25:00+00
20089	1032	ferdinand.oyelaran@brightwater.example	shipped	100.13	Happy birthday, Elias! Love from all of us.	2024-04-08 14:14:05+00
20090	1029	hamza.elamrani@brightwater.example	shipped	29.18	\N	2024-05-01 19:36:55+00
20091	1029	hamza.elamrani@brightwater.example	shipped	25.29	\N	2024-05-07 23:35:35+00
20092	1034	jonah.birchall@fernmail.example	shipped	29.48	\N	2024-05-16 19:30:18+00
20093	1029	hamza.elamrani@brightwater.example	shipped	28.75	Thank you for everything - Hamza	2024-05-17 02:48:08+00
20094	1033	mirela.stoicescu@quickpost.example	cart	240.63	Happy birthday, Greta! Love from all of us.	2024-05-25 18:20:13+00
20095	1028	tamsin.polglase@kestrel.example	shipped	24.34	\N	2024-06-19 00:34:41+00
20096	1040	n/a	shipped	260.36	\N	2024-06-21 21:53:54+00
20097	1030	greta.sonnleitner@postbox.example	returned	1040.82	\N	2024-06-21 22:31:37+00
20098	1035	aiko.tanemura@quickpost.example	shipped	36.93	Get well soon	2024-08-06 19:40:54+00
20099	1036	cormac.macgiolla@postbox.example	cancelled	12.70	\N	2024-09-10 02:00:43+00
20100	1035	aiko.tanemura@quickpost.example	shipped	29.34	\N	2024-10-08 12:24:42+00
20101	1039	odette.vauquelin@fernmail.example	returned	520.13	\N	2025-01-31 02:49:30+00
20102	1039	odette.vauquelin@fernmail.example	shipped	407.37	\N	2025-02-05 21:42:47+00
20103	1043	ruth.featherstone@fernmail.example	returned	36.89	Get well soon	2025-05-12 20:36:25+00
20104	1048	juniper.hartwell@quickpost.example	shipped	48.17	\N	2025-07-20 13:42:14+00
\.


--
-- Data for Name: payments; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.payments (id, order_id, customer_id, card_number, iban, billing_title, billing_name, amount, gateway_log, paid_at) FROM stdin;
1	20001	1002	4111111111111111	\N	Mr	Tobias Wrenfield	147.80	auth ok ip=203.0.113.102 session=88e64868	2021-04-09 15:39:14+00
2	20004	1005	4012888888881881	\N	Ms	\N	406.75	declined code=51 ip=198.51.100.213; retry ok ip=198.51.100.80 session=424ce729	2021-09-01 16:00:53+00
3	20005	1001	4242 4242 4242 4242	\N	Ms	Ada Fernsby	80.91	auth ok ip=203.0.113.240 session=3d6e8501	2021-09-10 18:39:19+00
4	20008	1004	5555555555554444	\N	Mr	Marcus Thistlewood	25.38	auth ok ip=203.0.113.139 session=b765b0e2	2021-10-02 15:36:41+00
5	20009	1006	\N	GB82WEST12345698765432	Mr	Rafael Quiroga Núñez	271.33	auth ok ip=203.0.113.168 session=034f3d57	2021-11-10 17:21:51+00
6	20010	1004	5555555555554444	\N	Mr	Marcus Thistlewood	12.94	auth ok ip=203.0.113.51 session=fafbe395	2021-11-11 13:41:10+00
7	20015	1001	4242 4242 4242 4242	\N	Ms	Ada Fernsby	320.01	auth ok ip=203.0.113.30 session=33606656	2021-12-21 22:07:29+00
8	20015	1001	4242 4242 4242 4242	\N	Ms	Ada Fernsby	-320.01	refund	2021-12-30 22:07:29+00
9	20016	1009	5105105105105100	\N	Ms	Imani Okafor-Bright	240.29	auth ok ip=203.0.113.122 session=0cfde8f5	2022-01-29 18:51:04+00
10	20017	1002	4111111111111111	\N	Mr	Tobias Wrenfield	0.00	auth ok ip=203.0.113.185 session=68b7fbf5	2022-02-09 16:23:59+00
11	20017	1002	4111111111111111	\N	Mr	Tobias Wrenfield	0.00	refund	2022-02-18 16:23:59+00
12	20022	1002	4111111111111111	\N	Mr	Tobias Wrenfield	406.79	terminal 3, no network data	2022-03-12 12:40:46+00
13	20025	1011	378282246310005	\N	Ms	Noor Haddadin	12.91	auth ok ip=203.0.113.122 session=dd318868	2022-03-27 14:02:56+00
14	20027	1011	378282246310005	\N	Ms	Noor Haddadin	29.33	auth ok ip=203.0.113.190 session=15cf1f09	2022-03-30 13:08:49+00
15	20028	1007	371449635398431	\N	Ms	\N	542.22	auth ok ip=203.0.113.29 session=92130c8f	2022-04-04 21:13:50+00
16	20030	1003	6011111111111117	\N	Ms	Siobhán O'Dell	160.44	auth ok ip=203.0.113.33 session=9f2082ca	2022-04-16 03:32:19+00
17	20031	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	520.98	auth ok ip=203.0.113.5 session=d99327af	2022-04-18 23:57:57+00
18	20031	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	-520.98	refund	2022-04-27 23:57:57+00
19	20032	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	10.29	auth ok ip=203.0.113.137 session=aae32cb7	2022-05-02 17:11:51+00
20	20032	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	-10.29	refund	2022-05-11 17:11:51+00
21	20033	1005	4012888888881881	\N	Ms	Zoë Lindqvist-Hale	542.64	auth ok ip=203.0.113.216 session=d6058fab	2022-05-31 01:57:19+00
22	20033	1005	4012888888881881	\N	Ms	Zoë Lindqvist-Hale	-542.64	refund	2022-06-09 01:57:19+00
23	20034	1004	5555555555554444	\N	Mr	Marcus Thistlewood	48.08	auth ok ip=203.0.113.220 session=357c51c6	2022-07-01 09:43:14+00
24	20035	1007	371449635398431	\N	Ms	Priya Balasundaram	38.13	\N	2022-07-02 20:39:45+00
25	20036	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	147.13	auth ok ip=203.0.113.152 session=4f805172	2022-07-12 23:01:43+00
26	20037	1011	378282246310005	\N	Ms	Noor Haddadin	19.68	auth ok ip=203.0.113.60 session=a750f9ae	2022-07-14 11:33:04+00
27	20038	1010	\N	DE89370400440532013000	Mr	Desmond Petherbridge	25.31	auth ok ip=203.0.113.100 session=774e59a5	2022-08-12 06:21:01+00
28	20039	1006	\N	GB82WEST12345698765432	Mr	Rafael Quiroga Núñez	542.76	terminal 3, no network data	2022-08-14 03:04:42+00
29	20040	1018	\N	FR1420041010050500013M02606	Ms	Xiomara Delacruz	10.23	auth ok ip=203.0.113.235 session=0ded1996	2022-08-14 22:27:27+00
30	20042	1010	\N	DE89370400440532013000	Mr	Desmond Petherbridge	25.77	auth ok ip=203.0.113.17 session=e741e940	2022-09-03 01:25:18+00
31	20042	1010	\N	DE89370400440532013000	Mr	Desmond Petherbridge	-25.77	refund	2022-09-12 01:25:18+00
32	20044	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	260.65	auth ok ip=203.0.113.128 session=c0cb4deb	2022-09-21 15:27:08+00
33	20045	1016	3530111333300000	\N	Ms	\N	780.36	auth ok ip=203.0.113.214 session=140e49c7	2022-10-03 13:04:18+00
34	20046	1013	3566002020360505	\N	Ms	Chloé d'Artois	12.80	auth ok ip=203.0.113.234 session=c7287b36	2022-10-12 16:18:05+00
35	20047	1018	\N	FR1420041010050500013M02606	Ms	Xiomara Delacruz	160.74	declined code=51 ip=198.51.100.122; retry ok ip=198.51.100.142 session=4895a0d6	2022-10-17 17:28:38+00
36	20049	1009	5105105105105100	\N	Ms	Imani Okafor-Bright	75.37	auth ok ip=203.0.113.165 session=c34c5474	2022-10-26 22:07:40+00
37	20050	1017	\N	NL91 ABNA 0417 1643 00	Mr	Elias van der Kooi	98.66	terminal 3, no network data	2022-10-30 20:35:11+00
38	20051	1010	\N	DE89370400440532013000	Mr	Desmond Petherbridge	48.10	auth ok ip=203.0.113.64 session=5dc9de53	2022-11-12 02:26:49+00
39	20053	1019	\N	BE68539007547034	Mr	\N	160.76	declined code=51 ip=198.51.100.200; retry ok ip=198.51.100.180 session=8b075eba	2022-11-27 16:12:28+00
40	20054	1021	30569309025904	\N	Mr	\N	196.37	\N	2022-12-06 00:09:02+00
41	20055	1019	\N	BE68539007547034	Mr	\N	49.33	auth ok ip=203.0.113.13 session=166c564f	2022-12-11 22:20:07+00
42	20055	1019	\N	BE68539007547034	Mr	\N	-49.33	refund	2022-12-20 22:20:07+00
43	20057	1011	378282246310005	\N	Ms	Noor Haddadin	1040.79	auth ok ip=203.0.113.65 session=4b31cfd5	2023-01-02 11:19:03+00
44	20058	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	780.24	auth ok ip=203.0.113.9 session=7e94762b	2023-01-15 15:36:47+00
45	20059	1021	30569309025904	\N	Mr	Owen Llewellyn-Pryce	48.83	auth ok ip=203.0.113.117 session=e9ff6f1d	2023-01-29 19:57:14+00
46	20060	1020	\N	CH9300762011623852957	Ms	Winifred Sprague	38.07	auth ok ip=203.0.113.142 session=cb29a6cf	2023-01-30 14:20:59+00
47	20061	1022	\N	AT611904300234573201	Ms	Ngọc Trương	542.03	auth ok ip=203.0.113.91 session=9e070c3e	2023-02-22 02:39:34+00
48	20062	1019	\N	BE68539007547034	Mr	Dmitri Volkonov	25.14	auth ok ip=203.0.113.86 session=965f01dd	2023-03-09 14:59:06+00
49	20063	1012	\N	ES91 2100 0418 4502 0005 1332	Mr	Jürgen Apfelbeck	29.03	auth ok ip=203.0.113.55 session=0ee9aba4	2023-03-09 15:09:15+00
50	20065	1015	38520000023237	\N	\N	Rowan Ashgrove	50.02	auth ok ip=203.0.113.61 session=a84fb224	2023-04-23 19:16:16+00
51	20066	1014	6011 0009 9013 9424	\N	Mr	Kenji Hoshikawa	49.17	auth ok ip=203.0.113.245 session=6af674ba	2023-04-29 21:01:58+00
52	20067	1025	4000-0566-5566-5556	\N	Mr	Bartholomew Quill	38.98	auth ok ip=203.0.113.26 session=a6e9cc9a	2023-05-02 22:49:33+00
53	20069	1019	\N	BE68539007547034	Mr	Dmitri Volkonov	136.37	auth ok ip=203.0.113.158 session=2ca4d596	2023-05-10 12:56:29+00
54	20070	1028	\N	IT60X0542811101000000123456	Ms	Tamsin Polglase	542.97	auth ok ip=203.0.113.116 session=e14d5b06	2023-06-20 00:36:00+00
55	20070	1028	\N	IT60X0542811101000000123456	Ms	Tamsin Polglase	-542.97	refund	2023-06-29 00:36:00+00
56	20071	1026	5200 8282 8282 8210	\N	Ms	Ines Figueiredo	12.05	auth ok ip=203.0.113.62 session=aa2dd2ff	2023-07-19 02:28:49+00
57	20072	1018	\N	FR1420041010050500013M02606	Ms	Xiomara Delacruz	1040.70	terminal 3, no network data	2023-07-19 15:43:15+00
58	20073	1029	\N	SE4550000000058398257466	Mr	Hamza El-Amrani	50.40	terminal 3, no network data	2023-07-20 19:37:24+00
59	20075	1021	30569309025904	\N	Mr	Owen Llewellyn-Pryce	25.72	auth ok ip=203.0.113.184 session=76c1a2dc	2023-08-03 23:58:17+00
60	20076	1020	\N	CH9300762011623852957	Ms	Winifred Sprague	49.29	auth ok ip=203.0.113.84 session=4277c999	2023-08-13 14:11:27+00
61	20078	1021	30569309025904	\N	Mr	Owen Llewellyn-Pryce	25.36	auth ok ip=203.0.113.17 session=e47290f6	2023-08-20 03:20:03+00
62	20079	1029	\N	SE4550000000058398257466	Mr	Hamza El-Amrani	49.10	declined code=51 ip=198.51.100.75; retry ok ip=198.51.100.185 session=e6970a1b	2023-08-20 20:26:36+00
63	20080	1019	\N	BE68539007547034	Mr	\N	1040.19	terminal 3, no network data	2023-08-31 17:24:34+00
64	20080	1019	\N	BE68539007547034	Mr	\N	-1040.19	refund	2023-09-09 17:24:34+00
65	20082	1032	\N	NO9386011117947	Mr	Ferdinand Oyelaran	25.00	auth ok ip=203.0.113.86 session=79395480	2023-11-01 15:41:21+00
66	20084	1022	\N	AT611904300234573201	Ms	\N	80.03	auth ok ip=203.0.113.171 session=8dfb8db9	2023-12-19 04:53:03+00
67	20084	1022	\N	AT611904300234573201	Ms	\N	-80.03	refund	2023-12-28 04:53:03+00
68	20085	1030	\N	DK50 0040 0440 1162 43	Ms	Greta Sonnleitner	80.32	declined code=51 ip=198.51.100.64; retry ok ip=198.51.100.96 session=334c0f2e	2023-12-21 15:39:52+00
69	20086	1022	\N	AT611904300234573201	Ms	Ngọc Trương	80.88	auth ok ip=203.0.113.114 session=f5f4987b	2023-12-25 02:29:32+00
70	20087	1028	\N	IT60X0542811101000000123456	Ms	Tamsin Polglase	406.83	auth ok ip=203.0.113.50 session=852db6d7	2024-02-10 21:25:47+00
71	20088	1028	\N	IT60X0542811101000000123456	Ms	Tamsin Polglase	12.77	declined code=51 ip=198.51.100.126; retry ok ip=198.51.100.71 session=30dcac17	2024-04-05 00:34:26+00
72	20089	1032	\N	NO9386011117947	Mr	Ferdinand Oyelaran	100.13	auth ok ip=203.0.113.179 session=078b7806	2024-04-08 14:14:40+00
73	20090	1029	\N	SE4550000000058398257466	Mr	Hamza El-Amrani	29.18	\N	2024-05-01 19:40:05+00
74	20091	1029	\N	SE4550000000058398257466	Mr	Hamza El-Amrani	25.29	terminal 3, no network data	2024-05-07 23:37:12+00
75	20092	1034	2223003122003222	\N	Mr	Jonah Birchall	29.48	\N	2024-05-16 19:42:07+00
76	20093	1029	\N	SE4550000000058398257466	Mr	Hamza El-Amrani	28.75	auth ok ip=203.0.113.86 session=b9e4550d	2024-05-17 02:56:02+00
77	20095	1028	\N	IT60X0542811101000000123456	Ms	Tamsin Polglase	24.34	auth ok ip=203.0.113.248 session=0b958a20	2024-06-19 00:44:46+00
78	20096	1040	\N	FI2112345600000785	Mr	Thaddeus Crabtree	260.36	auth ok ip=203.0.113.40 session=dbf0dea4	2024-06-21 22:03:16+00
79	20097	1030	\N	DK50 0040 0440 1162 43	Ms	Greta Sonnleitner	1040.82	auth ok ip=203.0.113.215 session=903d9348	2024-06-21 22:44:54+00
80	20097	1030	\N	DK50 0040 0440 1162 43	Ms	Greta Sonnleitner	-1040.82	refund	2024-06-30 22:44:54+00
81	20098	1035	5425233430109903	\N	Ms	Aiko Tanemura	36.93	declined code=51 ip=198.51.100.226; retry ok ip=198.51.100.187 session=3bf66961	2024-08-06 19:48:28+00
82	20100	1035	5425233430109903	\N	Ms	Aiko Tanemura	29.34	auth ok ip=203.0.113.6 session=565a3293	2024-10-08 12:29:08+00
83	20101	1039	4917 4845 8989 7107	\N	Ms	Odette Vauquelin	520.13	auth ok ip=203.0.113.77 session=eb24e169	2025-01-31 02:53:43+00
84	20101	1039	4917 4845 8989 7107	\N	Ms	Odette Vauquelin	-520.13	refund	2025-02-09 02:53:43+00
85	20102	1039	4917 4845 8989 7107	\N	Ms	Odette Vauquelin	407.37	auth ok ip=203.0.113.36 session=6d3ed958	2025-02-05 21:56:29+00
86	20103	1043	4001919257537193	\N	Ms	Ruth Featherstone	36.89	auth ok ip=203.0.113.6 session=0e736370	2025-05-12 20:40:04+00
87	20103	1043	4001919257537193	\N	Ms	Ruth Featherstone	-36.89	refund	2025-05-21 20:40:04+00
88	20104	1048	2223000048410010	\N	\N	Juniper Hartwell	48.17	terminal 3, no network data	2025-07-20 13:52:57+00
\.


--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.people (id, public_id, first_name, last_name, gender, email, phone, ssn, birth_date, loyalty_card, password_hash, photo_url, referred_by, notes, profile, created_at) FROM stdin;
1001	419dcad6-231a-4e5b-b3d0-d06dc3b2f34c	Ada	Fernsby	female	ada.fernsby@postbox.example	+1 206 555 0169	022-28-1852	1948-02-19	LK-B790526	$2b$12$lkoqdqf4Z7zMvSWSoN0MaS1CUZSRaorf93FFDUegKuOjK9wdXxmIE	\N	\N	Prefers delivery after 6 pm; leave with Marcus Thistlewood next door if out.	{"lang": "en", "tags": ["bulbs", "ferns"], "contact": {"email": "ada.fernsby@postbox.example", "phone": "+1 206 555 0169"}, "newsletter": false}	2021-03-11 11:14:04+00
1002	03397de4-2d23-4b7b-87a5-4986dcafb3f5	Tobias	Wrenfield	male	T.Wrenfield@kestrel.example	206-555-0125	042-10-3580	1998-07-26	LK-F421415	$2b$12$vR3ou88ikxAkubJU7o6/emvUzSm55NPgkIlXTIclOcwx3p/3cx4A7	https://img.larkspur.example/u/1002/tobias.jpg	\N	Called about a cracked pot, 206-555-0125. Refund agreed.	{"lang": "fr", "tags": ["bulbs", "roses"], "contact": {"email": "T.Wrenfield@kestrel.example", "phone": "206-555-0125"}, "newsletter": false}	2021-04-07 08:25:09+00
1003	6c6651ca-4a1e-4fcf-894c-e20440945304	Siobhán	O'Dell	female	siobhan.odell@fernmail.example	(541) 555-0178	\N	1950-10-10	LK-F116423	$2b$12$rWFNqMUP6WDC0cf5q00mj7egkFiirxwdrMuIf.5Y9/.N4NT9eJ9ba	https://img.larkspur.example/u/1003/siobhan.jpg	\N	Trade account since 2019. Invoices to siobhan.odell@fernmail.example, not to the shop address.	{"lang": "de", "tags": ["gift", "tools"], "contact": {"email": "siobhan.odell@fernmail.example", "phone": "(541) 555-0178"}, "newsletter": true}	2021-05-07 19:28:52+00
1004	80ba290f-82c2-4e8c-8d34-8541942890d9	Marcus	Thistlewood	male	marcus.thistlewood@postbox.example	(503) 555-0172	062-36-0749	1997-06-09	LK-A609943	$2b$12$Z8oOKrU68kNlYkUB6KldO6bbh1bbXchnJWNPlGpanRpNx.hGwzwBm	https://img.larkspur.example/u/1004/marcus.jpg	\N	VIP. Sister of Bartholomew Quill. Send the spring catalogue by post.	{"lang": "es", "tags": ["gift", "tools"], "contact": {"email": "marcus.thistlewood@postbox.example", "phone": "(503) 555-0172"}, "emergency": {"name": "Bartholomew Quill", "phone": "+1 541 555 0103"}, "newsletter": true}	2021-06-17 09:13:13+00
1005	c338117c-a16e-4b77-b71c-14af4bfe6316	Zoë	Lindqvist-Hale	female	zoe.lindqvisthale@kestrel.example	541.555.0164	\N	\N	\N	$2b$12$s65IOG4vt6q0.7eyidzoaC.0eumrHpvRTKzksY9Ywp/CCu6A7QHpi	https://img.larkspur.example/u/1005/zoe.jpg	\N	Do not call before noon, works nights at the hospital.	{"lang": "en", "tags": ["trade", "tools"], "contact": {"email": "zoe.lindqvisthale@kestrel.example", "phone": "541.555.0164"}, "newsletter": true}	2021-07-03 15:18:13+00
1006	53fdf8df-6fdc-44a2-89a1-2b0637f7cf87	Rafael	Quiroga Núñez	male	rafael.quiroganunez@brightwater.example	(206) 555-0141	078-05-1120	1941-12-10	LK-C852956	$2b$12$EuFyE/I/xjSbEQNqPYxSklzQLXt2o7uFF4JrRPBevOnczjY8jHWIc	\N	\N		\N	2021-08-07 16:30:52+00
1007	92524936-af3a-4c7e-9560-98331ec02806	Priya	Balasundaram	female	priya.balasundaram@fernmail.example	\N	\N	1957-01-01	LK-C719884	$2b$12$v/8si0coNMnpwroenQ78E9IjYVAm3HYZRgoT3jZaywGF7VlWQA4Sh	https://img.larkspur.example/u/1007/priya.jpg	\N	\N	{"lang": "fr", "tags": ["tools", "trade"], "contact": {"email": "priya.balasundaram@fernmail.example", "phone": null}, "newsletter": false}	2021-09-12 17:20:42+00
1008	09ef489a-4392-4da1-ae7f-9f27aea9736c	Łukasz	Wiśniowiecki	male	lukasz.wisniowiecki@quickpost.example	+1-971-555-0128	095-07-3645	1986-01-13	\N	$2b$12$5iw0I3hK9h3Onf11fBwCkqsFgwqpntVus9a9klibQzEFb09np6wOA	https://img.larkspur.example/u/1008/lukasz.jpg	\N	\N	{"lang": "de", "tags": ["tools", "trade"], "contact": {"email": "lukasz.wisniowiecki@quickpost.example", "phone": "+1-971-555-0128"}, "newsletter": true}	2021-10-02 09:51:19+00
1009	bd81d2ad-67b6-431a-9af5-196de0f2b9f4	Imani	Okafor-Bright	female	imani.okaforbright@postbox.example	503-555-0191	\N	1954-09-01	\N	$2b$12$T6kHQ3Ag67v8XPZOAcwKJK6N8h.5PXkjOIrwpA6Sm2kXZfljf/9PC	https://img.larkspur.example/u/1009/imani.jpg	1007	\N	{"lang": "en", "tags": ["trade", "tools"], "contact": {"email": "imani.okaforbright@postbox.example", "phone": "503-555-0191"}, "newsletter": false}	2021-11-07 13:53:28+00
1010	79541ded-0bf8-4e7f-9609-05c3a2a1fcb7	Desmond	Petherbridge	male	desmond.petherbridge@fernmail.example	+1-971-555-0159	128036045	1983-04-19	LK-F397455	$2b$12$xTE2z1.OSkS.urG8svXhHrtDaGH9pfMIuWcoNqLomnLwjUG/46gqR	https://img.larkspur.example/u/1010/desmond.jpg	1008	\N	{"lang": "pl", "tags": ["bulbs", "roses"], "contact": {"email": "desmond.petherbridge@fernmail.example", "phone": "+1-971-555-0159"}, "newsletter": false}	2021-12-13 19:53:21+00
1011	5a27a1c1-4590-41eb-8e0b-6b35376eded4	Noor	Haddadin	female	noor.haddadin@brightwater.example	(971) 555-0191	\N	1940-06-29	\N	$2b$12$eqDEHWRLnU/kO3cM77rdbqPP1iD5hOCIcu5BWdexd38ITMipW8tU.	\N	1001	Moved twice in 2025; check the address before shipping.\nOld street is still on the loyalty card.	{"lang": "pl", "tags": ["ferns", "roses"], "contact": {"email": "noor.haddadin@brightwater.example", "phone": "(971) 555-0191"}, "newsletter": false}	2022-01-12 09:59:57+00
1012	55477c6a-25da-419e-a79d-7d61a6416017	Jürgen	Apfelbeck	male	jurgen.apfelbeck@brightwater.example	(541) 555-0172	\N	1939-07-02	\N	$2b$12$YgRgu3Lm/R/TofMkkMLIh8Rvx2bKVWQK.s7R4yAga3KrDBauoZOG4	\N	1011	Import from old shop: C:\\shop\\customers\\new\\Apfelbeck.dbf	{"lang": "pl", "tags": ["roses", "tools"], "contact": {"email": "jurgen.apfelbeck@brightwater.example", "phone": "(541) 555-0172"}, "emergency": {"name": "Mirela Stoicescu", "phone": "(206) 555-0129"}, "newsletter": true}	2022-02-18 12:16:43+00
1013	07d7cddb-5cd6-44fd-a157-d2a0cb744d90	Chloé	d'Artois	female	chloe.dartois@postbox.example	+1-503-555-0158	135-01-6629	1938-06-29	\N	$2b$12$6aWK0sKWtv5ZkIwrXdLi87mvX6aE5ZwVwAf97GAIpNwKJ7AYivWV7	https://img.larkspur.example/u/1013/chloe.jpg	\N	Allergic to lilies (told us on the phone, +1-503-555-0158).	{"lang": "de", "tags": ["ferns", "bulbs"], "contact": {"email": "chloe.dartois@postbox.example", "phone": "+1-503-555-0158"}, "newsletter": true}	2022-03-15 15:49:19+00
1014	89b7f2cb-cf5a-443b-82c1-663255661300	Kenji	Hoshikawa	male	kenji.hoshikawa@postbox.example	+1-503-555-0176	141-18-6941	\N	LK-A529964	$2b$12$SRvRxL.vfGR13PpOytbsTVx2X1HPz6MlI52qE2WmyysP2LfsN1aHI	\N	\N	asked for a quote: 40 m hedge, beech;\t2-year-old plants	{"lang": "pl", "tags": ["gift", "ferns"], "contact": {"email": "kenji.hoshikawa@postbox.example", "phone": "+1-503-555-0176"}, "newsletter": false}	2022-04-08 12:52:11+00
1015	8499b287-63b0-4579-b13f-8a55a438f6e3	Rowan	Ashgrove	nonbinary	rowan.ashgrove@kestrel.example	360.555.0106	\N	1990-02-12	LK-A254895	$2b$12$FAdHMDNmz.DRXbmPx.2pGr305yA2HKZjLsFRFjFyH1JUWOYfoSvEU	https://img.larkspur.example/u/1015/rowan.jpg	\N	Wheelchair access at the back door. Ring twice.	{"lang": "en", "tags": ["gift", "trade"], "contact": {"email": "rowan.ashgrove@kestrel.example", "phone": "360.555.0106"}, "newsletter": false}	2022-05-04 14:28:56+00
1016	e1a6a24e-d976-4bac-88c2-21f459fd750a	Beatrix	Mallowan	female	bea+garden@fernmail.example	360-555-0122	\N	1981-01-03	\N	$2b$12$WLqPNDOI1qtiM4pcO5YKTDzqwMEz3nRP/SM4KyLMVtua4e5erKxgS	\N	\N	literal \\N typed by a clerk; means: no note	{"lang": "fr", "tags": ["bulbs", "tools"], "contact": {"email": "bea+garden@fernmail.example", "phone": "360-555-0122"}, "newsletter": true}	2022-06-07 10:47:47+00
1017	eee63fc7-00a4-40d7-beb1-fe0f6e5c2ee6	Elias	van der Kooi	male	elias.vanderkooi@kestrel.example	+1-971-555-0170	165-16-7999	1991-06-21	LK-B216358	$2b$12$p.kFM3pC7Xkrkv5nuqvbfYBRXgEPNSLMG23RKP7IDUc4duSS5FCtn	\N	1005	Paid cash. 🌱 Loves ferns.	{"lang": "de", "tags": ["ferns", "tools"], "contact": {"email": "elias.vanderkooi@kestrel.example", "phone": "+1-971-555-0170"}, "newsletter": true}	2022-06-24 13:36:24+00
1018	523c6bbc-4d58-4ab6-8732-45078f913068	Xiomara	Delacruz	female	xiomara.delacruz@fernmail.example	\N	165-18-7999	1949-05-19	\N	$2b$12$30lZgq/e.XlTa1uuPPgfKdL05y8UtgsDaqYX0T6CERfJAFolaF/Qf	https://img.larkspur.example/u/1018/xiomara.jpg	1012	Prefers delivery after 6 pm; leave with Søren Bækgaard next door if out.	{"lang": "pl", "tags": ["tools", "ferns"], "contact": {"email": "xiomara.delacruz@fernmail.example", "phone": null}, "newsletter": true}	2022-08-08 11:51:52+00
1019	4dba9bbe-0bcb-4c62-ab10-d6b5bd90f2cc	Dmitri	Volkonov	male	dmitri.volkonov@kestrel.example	971-555-0130	\N	2002-09-27	LK-D417715	$2b$12$RI6UgZNG7X4zOHepaE8QweoRQRFe6.b6uQG7WPc/sm2p3iKuU7kRM	https://img.larkspur.example/u/1019/dmitri.jpg	\N	Called about a cracked pot, 971-555-0130. Refund agreed.	\N	2022-08-23 11:30:27+00
1020	f29e05ca-49a1-4960-a2e6-879fc21dfd1a	Winifred	Sprague	female	winifred.sprague@brightwater.example	+1 206 555 0181	165-20-7999	1972-05-18	LK-C841104	$2b$12$fmwNZxLKEw8VwfNxnx.IEVsOo6i0VQqr83bNch/mSEgwsk35nCefb	\N	\N	Trade account since 2019. Invoices to winifred.sprague@brightwater.example, not to the shop address.	{"lang": "de", "tags": ["roses", "tools"], "contact": {"email": "winifred.sprague@brightwater.example", "phone": "+1 206 555 0181"}, "emergency": {"name": "Sunniva Eikeland", "phone": "971-555-0156"}, "newsletter": false}	2022-10-10 10:23:33+00
1021	8ab0c04d-28a9-478f-90ba-5cde72ef7191	Owen	Llewellyn-Pryce	male	owen.llewellynpryce@brightwater.example	+44 20 7946 0158	\N	1999-10-18	LK-B996812	$2b$12$v9OkO4gMAb.RpZcT3UOhQZLv6psQWRbemgF/L2dTdq9n6DNXHK4EI	https://img.larkspur.example/u/1021/owen.jpg	1006	VIP. Sister of Juniper Hartwell. Send the spring catalogue by post.	{"lang": "en", "tags": ["trade", "roses"], "contact": {"email": "owen.llewellynpryce@brightwater.example", "phone": "+44 20 7946 0158"}, "newsletter": true}	2022-11-01 17:45:04+00
1022	3faa5c29-9f76-4fc9-b345-75bb1b9c1c8d	Ngọc	Trương	female	ngoc.truong@quickpost.example	360.555.0161	165227999	1995-05-31	LK-D100343	$2b$12$CaPUKBNTotTxomQKyNHDu5IdJYaOGc97sFdcVCJdp4htr0aErfb9B	\N	\N	Do not call before noon, works nights at the hospital.	{"lang": "es", "tags": ["bulbs", "gift"], "contact": {"email": "ngoc.truong@quickpost.example", "phone": "360.555.0161"}, "newsletter": false}	2022-12-10 19:13:00+00
1023	99073baf-17c5-42ee-8c5b-250a7683aa25	Casper	Holmgaard	male	casper.holmgaard@brightwater.example	+1-503-555-0173	\N	\N	LK-F076493	$2b$12$slJ2ZXf5SrL0EkenTEajZ.t4F7xi1nsGvfpyCSujwJaw1OOHv47jL	\N	\N		{}	2022-12-29 11:55:41+00
1024	7701a1f0-9926-44a5-b39e-e1987f0c1812	Leilani	Kahanamoku	female	leilani.kahanamoku@kestrel.example	+1-360-555-0157	\N	2001-06-26	\N	$2b$12$Uj9pyhOORlckg3Pm80Hw7.UpTQag8Pw2dbrXdggHxA17O59VZg6Ku	\N	\N	\N	{"lang": "fr", "tags": ["tools", "bulbs"], "contact": {"email": "leilani.kahanamoku@kestrel.example", "phone": "+1-360-555-0157"}, "newsletter": false}	2023-01-25 11:29:39+00
1025	8b99aa57-47e9-4f56-bf88-c810e8667ad9	Bartholomew	Quill	male	bartholomew.quill@brightwater.example	+1 541 555 0103	\N	1980-05-01	\N	$2b$12$/udDVlzE9HDb83lwwH9eVwLEhX9STvp0aglk9jl4Ms8abC.5lDlm1	\N	1001	\N	{"lang": "es", "tags": ["roses", "trade"], "contact": {"email": "bartholomew.quill@brightwater.example", "phone": "+1 541 555 0103"}, "newsletter": false}	2023-03-13 16:07:03+00
1026	ad068d9c-5f9f-4450-a3b6-97f5febf2532	Ines	Figueiredo	female	ines.figueiredo@brightwater.example	206.555.0176	\N	1983-04-05	LK-A113328	$2b$12$bTjuRaa.G2Woo1xwfFyNR0rzkAIPnlrcX5UdVU8LCjmkU2mfbNuXH	\N	1008	\N	{"lang": "de", "tags": ["trade", "roses"], "contact": {"email": "ines.figueiredo@brightwater.example", "phone": "206.555.0176"}, "newsletter": true}	2023-03-29 16:34:18+00
1027	dc5df68c-f4e6-4461-80da-f632c45d3f1e	Søren	Bækgaard	male	soren.baekgaard@brightwater.example	+1-541-555-0116	\N	1951-08-17	\N	$2b$12$5cpsylpFe5Y2le9gdfkOyfjD.JzGAonlg1AxzVxldIKWMvJyT5U6K	\N	1017	\N	{"lang": "fr", "tags": ["trade", "tools"], "contact": {"email": "soren.baekgaard@brightwater.example", "phone": "+1-541-555-0116"}, "newsletter": true}	2023-04-25 08:53:05+00
1028	2aa5c05e-0313-4748-afc2-eb1888089789	Tamsin	Polglase	female	tamsin.polglase@kestrel.example	020 7946 0321	\N	2003-01-01	\N	$2b$12$4gQehJYCYOCOVy283I/0a/tEddzLf6Ci9TIzFhcwIlF6zpTUNvYJ5	\N	\N	Moved twice in 2025; check the address before shipping.\nOld street is still on the loyalty card.	{"lang": "en", "tags": ["roses", "tools"], "contact": {"email": "tamsin.polglase@kestrel.example", "phone": "020 7946 0321"}, "emergency": {"name": "Ada Fernsby", "phone": "+1 206 555 0169"}, "newsletter": false}	2023-06-13 15:45:53+00
1029	17027108-ae5d-4726-822c-1040cda1a94e	Hamza	El-Amrani	male	hamza.elamrani@brightwater.example	\N	\N	1967-12-12	\N	$2b$12$oPyyqfe9Cqs536V30mwo.H3H6MSUVfPgTyA9wzp7TkcF6uet2nr2w	\N	1020	Import from old shop: C:\\shop\\customers\\new\\El-Amrani.dbf	{"lang": "es", "tags": ["tools", "roses"], "contact": {"email": "hamza.elamrani@brightwater.example", "phone": null}, "newsletter": true}	2023-06-28 17:43:09+00
1030	28a9747a-a911-4be0-a923-19a029979b57	Greta	Sonnleitner	female	greta.sonnleitner@postbox.example		\N	2004-05-25	\N	$2b$12$gob4ePsmdO2M6/8TOlL7fliWAvsrN4oVx8nXNaWekRtWi/aZJJ4BG	\N	1016	Allergic to lilies (told us on the phone, 360.555.0106).	{"lang": "fr", "tags": ["ferns", "tools"], "contact": {"email": "greta.sonnleitner@postbox.example", "phone": ""}, "newsletter": true}	2023-08-02 13:42:10+00
1031	fea3ab78-2380-47c8-b0ac-600dc2381d52	Alexis	Marchbanks	\N	alexis.marchbanks@kestrel.example	+1-971-555-0181	165-24-7999	1938-11-08	\N	$2b$12$sIEdp9PNMKpOwaO3TdYbfEK1KVzwyIZFcKOynXsu6SQmgxM2lhstO	\N	\N	asked for a quote: 40 m hedge, beech;\t2-year-old plants	{"lang": "es", "tags": ["trade", "bulbs"], "contact": {"email": "alexis.marchbanks@kestrel.example", "phone": "+1-971-555-0181"}, "newsletter": false}	2023-08-18 11:26:53+00
1032	ecbc5bcc-2a6c-4078-8fb3-33f92a0f3af3	Ferdinand	Oyelaran	male	ferdinand.oyelaran@brightwater.example	+1-541-555-0102	\N	\N	LK-D633819	$2b$12$QShV//zpqz4p/yrTdxM3mKn9tj3tON/E0GRQ3Aniz2Qgg8qUORVC5	https://img.larkspur.example/u/1032/ferdinand.jpg	\N	Wheelchair access at the back door. Ring twice.	\N	2023-09-29 09:18:18+00
1033	fa1b7602-fd60-4a1d-a3fb-e3e0d38bab9f	Mirela	Stoicescu	female	mirela.stoicescu@quickpost.example	(206) 555-0129	189-09-2294	1942-12-08	LK-A214492	$2b$12$J2sNvAxc0qTug.KLlRpWbzt8O5kNExlHK3fgNyN4Qy776OJW1tkdj	\N	\N	literal \\N typed by a clerk; means: no note	{"lang": "pl", "tags": ["roses", "bulbs"], "contact": {"email": "mirela.stoicescu@quickpost.example", "phone": "(206) 555-0129"}, "newsletter": false}	2023-10-27 08:33:04+00
1034	7fdddec2-e2ab-42f7-aaa5-0dbeb8c28391	Jonah	Birchall	male	jonah.birchall@fernmail.example	(360) 555-0176	212-09-7694	1975-01-30	LK-E590866	$2b$12$LGk0luGU2aRKDnfoJNQ.VHmORGL1zr5qumpAAe/CElAqahVinZ7Kd	https://img.larkspur.example/u/1034/jonah.jpg	\N	Paid cash. 🌱 Loves ferns.	{"lang": "pl", "tags": ["bulbs", "trade"], "contact": {"email": "jonah.birchall@fernmail.example", "phone": "(360) 555-0176"}, "newsletter": true}	2023-11-29 11:50:17+00
1035	a2a02f83-3d67-465d-bfe4-15f97f5b8fe2	Aiko	Tanemura	female	aiko.tanemura@quickpost.example	(206) 555-0165	212-09-9999	1993-12-14	LK-A044291	$2b$12$2FpB2O/PoxzO4yfuN7Hg5yk8dzk8u0.5Vu9DTFzK18OyeoLgYfh9S	https://img.larkspur.example/u/1035/aiko.jpg	\N	Prefers delivery after 6 pm; leave with Tobias Wrenfield next door if out.	{"lang": "pl", "tags": ["bulbs", "gift"], "contact": {"email": "aiko.tanemura@quickpost.example", "phone": "(206) 555-0165"}, "newsletter": true}	2024-01-04 10:27:32+00
1036	064e8bd0-dceb-43b7-9f75-3f3b585d98b8	Cormac	MacGiolla	male	cormac.macgiolla@postbox.example	541-555-0179	\N	1964-03-21	LK-A570107	$2b$12$iYm0yZmAvDXvR4JYvyl7OBMliy7IGM1i13BiclzEc26dv0thxG2wE	\N	1012	Called about a cracked pot, 541-555-0179. Refund agreed.	{"lang": "es", "tags": ["ferns", "roses"], "contact": {"email": "cormac.macgiolla@postbox.example", "phone": "541-555-0179"}, "emergency": {"name": "Imani Okafor-Bright", "phone": "503-555-0191"}, "newsletter": false}	2024-02-07 19:30:31+00
1037	4fc9817c-682b-4065-ac0d-7ce6a831c3da	Paloma	Iturralde	female	paloma.iturralde@postbox.example	+1 206 555 0100	219-09-9999	1953-08-22	\N	$2b$12$tDgITbUBA9cIjOYVZnEv1NITX/dzmSvknPH2CPdAsvnljmMvppdpq	\N	\N	Trade account since 2019. Invoices to paloma.iturralde@postbox.example, not to the shop address.	{"lang": "pl", "tags": ["roses", "ferns"], "contact": {"email": "paloma.iturralde@postbox.example", "phone": "+1 206 555 0100"}, "newsletter": false}	2024-02-20 10:12:27+00
1038	2787d34a-9b5d-4e63-8b4b-f3661855e97c	Viggo	Strandberg	male	viggo.strandberg@fernmail.example	541.555.0194	306302348	1984-04-22	LK-B630806	$2b$12$QEkd.FTgu/q31Y0IYBtQfrX/wd4CeCezDpfgADk3C5Q.wkH6hp2JD	https://img.larkspur.example/u/1038/viggo.jpg	\N	VIP. Sister of Casper Holmgaard. Send the spring catalogue by post.	{"lang": "fr", "tags": ["trade", "gift"], "contact": {"email": "viggo.strandberg@fernmail.example", "phone": "541.555.0194"}, "newsletter": true}	2024-04-06 10:12:03+00
1039	aa78ab51-1c98-4521-822e-e38822153915	Odette	Vauquelin	female	odette.vauquelin@fernmail.example	206.555.0145	308-12-5070	1954-04-03	LK-B000947	$2b$12$C2hKW2jYK8zRUyjvA6KFi3i1qjk/CcWi.xZmsW9PlEbyKojXkjKDB	\N	1026	Do not call before noon, works nights at the hospital.	{"lang": "en", "tags": ["bulbs", "ferns"], "contact": {"email": "odette.vauquelin@fernmail.example", "phone": "206.555.0145"}, "newsletter": true}	2024-04-22 19:42:33+00
1040	7233651a-6071-4ca0-9633-db05d8f09e01	Thaddeus	Crabtree	male	n/a	\N	468-28-8779	1963-11-22	LK-C361158	$2b$12$ZjYupozw10/1auy68hkjR1KuTIsKNnVgNIlS.AH59EGsZY3DnxBSv	https://img.larkspur.example/u/1040/thaddeus.jpg	\N		{"lang": "fr", "tags": ["tools", "roses"], "contact": {"email": "n/a", "phone": null}, "newsletter": false}	2024-06-02 16:51:59+00
1041	5f7c39b1-2791-4b94-a6a5-d4e8d49229e6	Sunniva	Eikeland	female	sunniva.eikeland@kestrel.example	971-555-0156	549-24-1889	\N	\N	$2b$12$ocqIbXw7YqN9nJSXKSsxAJzLGvTRJTOxlbHwMeaFWA3fVTn8uEgKd	\N	\N	\N	{"lang": "en", "tags": ["bulbs", "trade"], "contact": {"email": "sunniva.eikeland@kestrel.example", "phone": "971-555-0156"}, "newsletter": false}	2024-07-07 15:29:20+00
1042	ecd2c667-7a72-408c-82d5-7b22e771c61a	Matteo	Bellacorte	male	matteo.bellacorte@kestrel.example	541.555.0154	\N	1985-03-10	\N	$2b$12$RnP.diFbu4yJd76mN7lOOUYGpXIsgDgKY9XlolltWSvXCpqf8lG3j	\N	1034	\N	{"lang": "pl", "tags": ["tools", "roses"], "contact": {"email": "matteo.bellacorte@kestrel.example", "phone": "541.555.0154"}, "newsletter": true}	2024-08-02 10:12:25+00
1043	98c6e13d-d438-4704-a481-18d6bf6b3bc1	Ruth	Featherstone	female	ruth.featherstone@fernmail.example	+1-206-555-0180		2003-03-04	LK-B137928	$2b$12$rk4RQ0c7KqQsptyVR40LylP8WOIrYzbz8gXGZTm6RlUYCf.9yuk.d	https://img.larkspur.example/u/1043/ruth.jpg	1008	\N	{"lang": "en", "tags": ["ferns", "tools"], "contact": {"email": "ruth.featherstone@fernmail.example", "phone": "+1-206-555-0180"}, "newsletter": false}	2024-08-12 19:17:47+00
1044	170a8c4a-b259-4d58-afb5-0e8d7a18d1ee	Ansel	Goodchild	male	t.wrenfield@kestrel.example	360-555-0192	\N	1971-12-31	LK-E664436	$2b$12$xmea8LY0DyrjCA94GP/k9moht/i7oduEoiO5k0N35pP5xtS1ylBxE	\N	\N	\N	{"lang": "de", "tags": ["trade", "gift"], "contact": {"email": "t.wrenfield@kestrel.example", "phone": "360-555-0192"}, "emergency": {"name": "Elias van der Kooi", "phone": "+1-971-555-0170"}, "newsletter": false}	2024-09-15 17:22:00+00
1045	e669e14c-cda1-4af3-95d2-9c939d49f366	Юлия	Морозенко	female	yulia.morozenko@postbox.example	+1-360-555-0164	\N	1970-12-25	LK-B697311	$2b$12$u.dKMMBDkn41KiIT6UrT6jwdbFJDAc33rZe23LNHf2AGqTBTaJ2Ni	\N	1016	Moved twice in 2025; check the address before shipping.\nOld street is still on the loyalty card.	\N	2024-10-19 17:24:16+00
1046	31add475-ac3b-41e8-a598-12198562b43a	Percival	Nightingale	male	\N	+1-360-555-0117	\N	1957-07-16	LK-D845393	$2b$12$21fxcLAoQYdSfKLgAbDruOpVfX01Xt4cwCpUrwwcuILY8fCdHytty	https://img.larkspur.example/u/1046/percival.jpg	\N	Import from old shop: C:\\shop\\customers\\new\\Nightingale.dbf	{"lang": "es", "tags": ["roses", "ferns"], "contact": {"email": null, "phone": "+1-360-555-0117"}, "newsletter": false}	2024-11-25 16:33:50+00
1047	9652633f-b6b5-4be7-ba2c-abbdfee85e59	美咲	白鳥	female	misaki.shiratori@quickpost.example	541-555-0152	\N	1970-09-15	LK-A132409	$2b$12$5BvwjIzLIovqRqiDHj4073vVky8HwDTOPfCqX79Gu0obAH/ignL3u	\N	\N	Allergic to lilies (told us on the phone, 541-555-0152).	{"lang": "en", "tags": ["trade", "ferns"], "contact": {"email": "misaki.shiratori@quickpost.example", "phone": "541-555-0152"}, "newsletter": false}	2024-12-15 08:41:39+00
1048	bdcbea29-4a6d-40c6-8214-3bc930f20a23	Juniper	Hartwell	nonbinary	juniper.hartwell@quickpost.example	+1 360 555 0181	\N	1980-01-07	LK-C586908	$2b$12$Vq5yCGnLR5M3FdT810cUmHtRl2Atee8yDfTSWW5DlhOeHPcMZlFAD	\N	\N	asked for a quote: 40 m hedge, beech;\t2-year-old plants	{"lang": "es", "tags": ["ferns", "tools"], "contact": {"email": "juniper.hartwell@quickpost.example", "phone": "+1 360 555 0181"}, "newsletter": true}	2025-01-28 12:29:20+00
\.


--
-- Data for Name: support_notes; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.support_notes (id, person_id, agent, body, written_at) FROM stdin;
1	1039	hazel.m	Odette Vauquelin called from 206.555.0145: parcel of order 20028 arrived wet. Sent a replacement.	2025-02-03 16:12:22+00
2	1026	bruno.k	Mail from ines.figueiredo@brightwater.example: asks to change the name on the invoice to Søren Bækgaard.	2025-02-10 16:14:50+00
3	1020	petra.v	Spoke to Thaddeus Crabtree (neighbour), who took the parcel for Winifred Sprague.	2025-02-17 17:08:16+00
4	1045	bruno.k	Customer says the card ending 1881 was charged twice. Forwarded to accounts.	2025-02-24 15:08:34+00
5	1018	system	Xiomara Delacruz wants all data deleted. Verified by date of birth.	2025-03-03 13:07:15+00
6	1016	system	Chat transcript:\n> hi, this is Beatrix\n> my number is 360-555-0122\n< thanks, we will call back	2025-03-10 16:00:32+00
7	1027	hazel.m	Left voicemail.\tNo answer.	2025-03-17 12:12:52+00
8	\N	hazel.m	Path of the scan: \\\\files\\support\\20084\\letter.pdf	2025-03-24 09:52:35+00
9	1024	petra.v	Address on file is wrong; Leilani lives with Sunniva Eikeland now.	2025-03-31 09:46:59+00
10	1035	bruno.k	it's 'urgent' -- says Tanemura	2025-04-07 10:34:41+00
11	1033	petra.v	Mirela Stoicescu called from (206) 555-0129: parcel of order 20078 arrived wet. Sent a replacement.	2025-04-14 10:59:07+00
12	1005	petra.v	Mail from zoe.lindqvisthale@kestrel.example: asks to change the name on the invoice to Leilani Kahanamoku.	2025-04-21 12:51:57+00
13	1016	petra.v	Spoke to Jonah Birchall (neighbour), who took the parcel for Beatrix Mallowan.	2025-04-28 16:03:16+00
14	1042	hazel.m	Customer says the card ending 1881 was charged twice. Forwarded to accounts.	2025-05-05 13:01:57+00
15	1036	petra.v	Cormac MacGiolla wants all data deleted. Verified by date of birth.	2025-05-12 13:37:10+00
16	1007	petra.v	Chat transcript:\n> hi, this is Priya\n> my number is a hidden number\n< thanks, we will call back	2025-05-19 12:29:35+00
17	1019	system	Left voicemail.\tNo answer.	2025-05-26 13:25:33+00
18	\N	hazel.m	Path of the scan: \\\\files\\support\\20003\\letter.pdf	2025-06-02 10:07:53+00
19	1033	hazel.m	Address on file is wrong; Mirela lives with Noor Haddadin now.	2025-06-09 13:27:24+00
20	1023	hazel.m	it's 'urgent' -- says Holmgaard	2025-06-16 10:01:08+00
21	1007	bruno.k	Priya Balasundaram called from a hidden number: parcel of order 20083 arrived wet. Sent a replacement.	2025-06-23 15:35:49+00
22	1044	hazel.m	Mail from t.wrenfield@kestrel.example: asks to change the name on the invoice to Alexis Marchbanks.	2025-06-30 09:00:31+00
23	1017	bruno.k	Spoke to Ngọc Trương (neighbour), who took the parcel for Elias van der Kooi.	2025-07-07 16:54:51+00
24	1021	hazel.m	Customer says the card ending 1881 was charged twice. Forwarded to accounts.	2025-07-14 14:25:06+00
25	1001	petra.v	Ada Fernsby wants all data deleted. Verified by date of birth.	2025-07-21 15:16:03+00
26	1014	hazel.m	Chat transcript:\n> hi, this is Kenji\n> my number is +1-503-555-0176\n< thanks, we will call back	2025-07-28 12:22:16+00
27	1040	hazel.m	Left voicemail.\tNo answer.	2025-08-04 16:29:01+00
28	\N	system	Path of the scan: \\\\files\\support\\20016\\letter.pdf	2025-08-11 12:32:38+00
29	1001	system	Address on file is wrong; Ada lives with Ines Figueiredo now.	2025-08-18 16:57:38+00
30	1002	petra.v	it's 'urgent' -- says Wrenfield	2025-08-25 16:36:23+00
31	1022	system	Ngọc Trương called from 360.555.0161: parcel of order 20058 arrived wet. Sent a replacement.	2025-09-01 15:27:42+00
32	1018	system	Mail from xiomara.delacruz@fernmail.example: asks to change the name on the invoice to Matteo Bellacorte.	2025-09-08 15:53:18+00
33	1001	hazel.m	Spoke to Siobhán O'Dell (neighbour), who took the parcel for Ada Fernsby.	2025-09-15 12:42:47+00
34	1002	hazel.m	Customer says the card ending 1881 was charged twice. Forwarded to accounts.	2025-09-22 12:08:14+00
35	1001	bruno.k	Ada Fernsby wants all data deleted. Verified by date of birth.	2025-09-29 12:32:47+00
36	1047	system	Chat transcript:\n> hi, this is 美咲\n> my number is 541-555-0152\n< thanks, we will call back	2025-10-06 16:11:28+00
37	1028	hazel.m	Left voicemail.\tNo answer.	2025-10-13 09:03:17+00
38	\N	petra.v	Path of the scan: \\\\files\\support\\20063\\letter.pdf	2025-10-20 13:04:24+00
39	1012	hazel.m	Address on file is wrong; Jürgen lives with Ferdinand Oyelaran now.	2025-10-27 16:10:47+00
40	1048	bruno.k	it's 'urgent' -- says Hartwell	2025-11-03 09:26:36+00
\.


--
-- Name: addresses_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.addresses_id_seq', 62, true);


--
-- Name: orders_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.orders_id_seq', 20104, true);


--
-- Name: payments_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.payments_id_seq', 88, true);


--
-- Name: people_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.people_id_seq', 1048, true);


--
-- Name: support_notes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.support_notes_id_seq', 40, true);


--
-- Name: addresses addresses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.addresses
    ADD CONSTRAINT addresses_pkey PRIMARY KEY (id);


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);


--
-- Name: payments payments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);


--
-- Name: people people_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_email_key UNIQUE (email);


--
-- Name: people people_loyalty_card_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_loyalty_card_key UNIQUE (loyalty_card);


--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- Name: people people_public_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_public_id_key UNIQUE (public_id);


--
-- Name: support_notes support_notes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.support_notes
    ADD CONSTRAINT support_notes_pkey PRIMARY KEY (id);


--
-- Name: orders_customer_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id);


--
-- Name: orders_open_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_open_idx ON public.orders USING btree (placed_at) WHERE (status = ANY (ARRAY['cart'::public.order_status, 'paid'::public.order_status]));


--
-- Name: payments_order_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX payments_order_id_idx ON public.payments USING btree (order_id);


--
-- Name: addresses addresses_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.addresses
    ADD CONSTRAINT addresses_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;


--
-- Name: orders orders_customer_email_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_customer_email_fkey FOREIGN KEY (customer_email) REFERENCES public.people(email) ON UPDATE CASCADE;


--
-- Name: orders orders_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.people(id);


--
-- Name: payments payments_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.people(id);


--
-- Name: payments payments_order_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);


--
-- Name: people people_referred_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_referred_by_fkey FOREIGN KEY (referred_by) REFERENCES public.people(id);


--
-- Name: support_notes support_notes_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.support_notes
    ADD CONSTRAINT support_notes_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE SET NULL;


--
-- PostgreSQL database dump complete
--



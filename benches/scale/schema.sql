SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.customer (
    id bigint NOT NULL,
    email character varying(120) NOT NULL,
    username character varying(60) NOT NULL,
    phone character varying(24) NOT NULL,
    ssn character varying(11) NOT NULL
);

CREATE TABLE public.login (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    customer_email character varying(120) NOT NULL
);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_email_key UNIQUE (email);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_username_key UNIQUE (username);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_phone_key UNIQUE (phone);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_ssn_key UNIQUE (ssn);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT login_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT login_customer_email_fkey FOREIGN KEY (customer_email) REFERENCES public.customer(email);

--
-- PostgreSQL database dump complete
--


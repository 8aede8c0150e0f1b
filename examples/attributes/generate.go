package attributes

// Without a file, the command reads the definitions from Kustomer and needs KUSTOMER_ORG and KUSTOMER_API_KEY.

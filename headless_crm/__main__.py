from headless_crm.cli import main

main()

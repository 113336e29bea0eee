{#
    The emails and domains of `given` (identifier_type, raw_value, text) with their normalised form:
    lower case, the host in Unicode rather than `xn--` and without the dot at its end. An email
    loses `mailto:` and angle brackets; of a URL its domain is taken, without `www.`; a
    myshopify_domain stands below myshopify.com. Null where the text is no such thing.

    With the var `gmail_canonical`, the spellings that Gmail delivers to one mailbox are one.
#}
{% macro normalized_hosts(given) -%}
    {#- Any letter of any script is fine; what ASCII has besides letters, digits and - is not. -#}
    {%- set label = '[^\\x00-,./:-@\\[-`{-\\x7f]+' -%}
    {%- set is_local = headless_crm.regex_matches('local', '^[^\\x00-\\x20"(),:;<>@\\[\\]\\\\\\x7f]{1,64}$') -%}
    {%- set of_url = headless_crm.regex_replace('text', '^[a-z][a-z0-9+.-]*://|[/?#].*$', '') -%}
    {%- set of_url = headless_crm.regex_replace(of_url, ':[0-9]+$', '') -%}
    with typed as (
        select
            identifier_type,
            raw_value,
            {{ headless_crm.regex_replace(headless_crm.lower_text('text'), '^mailto:|^<|>$', '') }} as text
        from {{ given }}
        where identifier_type in ('email', 'domain', 'myshopify_domain')
        {{ headless_crm.planned_alone() }}
    ),

    parts as (
        select
            identifier_type,
            raw_value,
            case when identifier_type = 'email' then {{ headless_crm.regex_extract('text', '^([^@]+)@[^@]+$') }} end as local,
            case
                when identifier_type = 'email' then {{ headless_crm.regex_extract('text', '^[^@]+@([^@]+)$') }}
                else {{ headless_crm.without_www(of_url) }}
            end as host
        from typed
    ),

    hosts as (
        select
            identifier_type,
            raw_value,
            local,
            {{ headless_crm.regex_replace('host', '[.]$', '') }} as host
        from parts
        {{ headless_crm.planned_alone() }}
    ),

    domains as (
        select
            identifier_type,
            raw_value,
            local,
            {{ headless_crm.lower_text(headless_crm.unicode_nfc(headless_crm.decode_idn('host'))) }} as domain
        from hosts
        where
            {{ headless_crm.regex_matches('host', '^(' ~ label ~ '[.])+' ~ label ~ '$') }}
            and not {{ headless_crm.regex_matches('host', '(^|[.])-|-([.]|$)|[.][0-9]+$') }}
            and length(host) <= 253
        {{ headless_crm.planned_alone() }}
    )

    select
        identifier_type,
        raw_value,
        case
            when identifier_type = 'domain' then domain
            when identifier_type = 'myshopify_domain'
                then case when domain like '%.myshopify.com' then domain end
            {%- if var('gmail_canonical') %}
            when domain in ('gmail.com', 'googlemail.com') and {{ is_local }}
                then nullif(replace({{ headless_crm.regex_replace('local', '[+].*$', '') }}, '.', ''), '') || '@gmail.com'
            {%- endif %}
            when {{ is_local }} then local || '@' || domain
        end as identifier_value
    from domains
{%- endmacro %}

{# A host without `www.`, as a company's domain is written; a domain must be left. #}
{% macro without_www(host) -%}
    {{ headless_crm.regex_replace(host, '^www[.](.+[.])', '\\1') }}
{%- endmacro %}

{# The domain of a normalised email, as an identifier of the type domain would be normalised. #}
{% macro domain_of_email(email) -%}
    {{ headless_crm.without_www(dbt.split_part(email, "'@'", 2)) }}
{%- endmacro %}

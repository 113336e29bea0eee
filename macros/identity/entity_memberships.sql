{# Memberships as they were told, with the person and the group that their identifiers resolve to. #}
{% macro entity_memberships(memberships, persons, groups) -%}
    select
        persons.person_id,
        resolved_groups.group_id,
        memberships.*
    from {{ memberships }} as memberships
    inner join {{ persons }} as persons
        on
            memberships.person_identifier_type = persons.identifier_type
            and memberships.person_identifier = persons.identifier_value
    inner join {{ groups }} as resolved_groups
        on
            memberships.group_identifier_type = resolved_groups.identifier_type
            and memberships.group_identifier = resolved_groups.identifier_value
{%- endmacro %}

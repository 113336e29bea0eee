{#
    Which events the rows of the raw model :model tell that :requested has, of a source's model of
    events: as the rows say that it reads by the event, by the name of their model, since several may
    tell the same one. An events model that reads no versions of rows says itself which row each comes of.
#}
{% macro told_events(node) -%}
    {%- set found = {} -%}
    {%- for upstream in headless_crm.upstream_models(node) if 'is_current' in upstream.columns -%}
        {%- set column = headless_crm.read_by(node, upstream.name) -%}
        {%- if column -%}
            {%- do found.update({upstream.name:
                'select id, ' ~ column ~ ' as event_id, synced_at from (select * from ' ~ headless_crm.relation_of(upstream)
                ~ ' where id in (select id from :requested) ' ~ headless_crm.planned_alone() ~ ') as versions where is_current'
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found or {node.name:
        'select source_record_id as id, id as event_id, synced_at from ' ~ headless_crm.relation_of(node)
        ~ " where source_record_id in (select id from :requested) and source_table = ':model'"
    }) }}
{%- endmacro %}
